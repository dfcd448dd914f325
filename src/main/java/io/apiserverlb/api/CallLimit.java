package io.apiserverlb.api;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
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
    static final int MOST_WAITING = 96;

    private static final long PATIENCE_SECONDS = 5;
    /** Of heap, for one call: a long list, or all metrics. */
    private static final long HEAP_OF_A_CALL = 24L << 20;

    private static final int MOST = 16;
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String PLACE = CallLimit.class.getName();

    private final CallerLimits limits;
    private final String health;
    private final int most;
    private final Semaphore calls;

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

    /**
     * No calls yet.
     *
     * @param limits has a call of any kind end in time, which a stream need not
     * @param health the path of Actuator's health
     * @param maxHeap in bytes
     */
    CallLimit(CallerLimits limits, String health, long maxHeap) {
        super(true);
        this.limits = limits;
        this.health = health;
        this.most = (int) Math.max(2, Math.min(MOST, maxHeap / HEAP_OF_A_CALL));
        this.calls = new Semaphore(most, true);
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

    /** Probes are not to wait; a change by that name is none. */
    private boolean isHealth(Request request) {
        String path = request.getDecodedRequestURI();
        return path != null
                && READING.contains(request.getMethod())
                && (path.equals(health) || path.startsWith(health + "/"));
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
    private void refuse(Request request, Response response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        response.sendError(
                HttpStatus.SERVICE_UNAVAILABLE.value(),
                "as many calls as are answered at a time (" + most + ") are being made: ask again in a second");
        request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
}
