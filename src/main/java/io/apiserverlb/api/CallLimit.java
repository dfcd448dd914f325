package io.apiserverlb.api;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Has few calls made at a time, and few wait for that: an answer may be large, and the heap is small.
 *
 * <p>Health is told all the time: whoever asks for it would end a process that does not answer. Those who follow something have places of
 * their own, see {@link StreamPlaces}.
 */
final class CallLimit extends ValveBase {
    static final int MOST = 2;
    static final int MOST_WAITING = 32;

    private static final long PATIENCE_SECONDS = 2;
    private static final String PLACE = CallLimit.class.getName();

    private final CallerLimits limits;
    private final Semaphore calls = new Semaphore(MOST, true);

    /** A call that is being made, until it has ended or becomes a stream. */
    private final class Place {
        private final AtomicBoolean left = new AtomicBoolean();

        void leave() {
            if (!left.getAndSet(true)) {
                calls.release();
            }
        }

        void becomeStream() {
            limits.unlimited();
            leave();
        }
    }

    /** @param limits has a call of any kind end in time, which a stream need not */
    CallLimit(CallerLimits limits) {
        super(true);
        this.limits = limits;
    }

    /** This call goes on for as long as its caller wants; others may be made beside it. */
    static void becomeStream(HttpServletRequest request) {
        if (request.getAttribute(PLACE) instanceof Place place) {
            place.becomeStream();
        }
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (isHealth(request)) {
            getNext().invoke(request, response);
        } else if (begins()) {
            Place place = new Place();
            request.setAttribute(PLACE, place);
            try {
                getNext().invoke(request, response);
            } finally {
                place.leave();
            }
        } else {
            refuse(request, response);
        }
    }

    private static boolean isHealth(Request request) {
        String path = request.getDecodedRequestURI();
        return path != null && path.contains("/health");
    }

    private boolean begins() {
        try {
            return calls.getQueueLength() < MOST_WAITING && calls.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the caller has not sent yet is not waited for. */
    private static void refuse(Request request, Response response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        response.sendError(
                HttpStatus.SERVICE_UNAVAILABLE.value(),
                "as many calls as are answered at a time (" + MOST + ") are being made: ask again in a second");
        request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
}
