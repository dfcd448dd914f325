package io.apiserverlb.api;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Has callers of the web servers that only take up room give way to those that ask something: memory for them is little, and Tomcat's own
 * time limits begin anew with each byte.
 *
 * <p>Whoever gives way is told by the end of what this side reads, as if it had ended itself: an answer that is on its way is still sent.
 * For any thread.
 */
@Component
public final class CallerLimits {
    /** What a caller may take to say what it wants and to take the answer, streams excepted: calls take moments. */
    static final Duration TIME = Duration.ofSeconds(20);
    /** Callers that may be connected before the one that has been silent for longest gives way to the next; less than Tomcat's limit. */
    static final int ROOM = 96;

    private static final long LOOK_MILLIS = 1_000;

    private final LongSupplier nanoTime;
    private final Map<Thread, Call> calls = new ConcurrentHashMap<>();

    private record Call(SocketChannel caller, long begun, boolean unlimited) {}

    @Autowired
    CallerLimits(@Qualifier("liveExecutor") ScheduledExecutorService executor) {
        this(executor, System::nanoTime);
    }

    CallerLimits(ScheduledExecutorService executor, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        executor.scheduleWithFixedDelay(this::endOverdue, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Lets one of them go if they are many: the one that is not being served and was heard longest ago.
     *
     * @param lastHeard of a caller, in milliseconds since 1970
     */
    public <C> void makeRoom(
            Collection<C> callers, Function<C, SocketChannel> connection, ToLongFunction<C> lastHeard) {
        if (callers.size() < ROOM) {
            return;
        }
        List<C> staying = callers.stream()
                .filter(caller -> !connection.apply(caller).socket().isInputShutdown())
                .toList();
        if (staying.size() >= ROOM) {
            List<SocketChannel> served =
                    calls.values().stream().map(Call::caller).toList();
            staying.stream()
                    .filter(caller -> !served.contains(connection.apply(caller)))
                    .min(Comparator.comparingLong(lastHeard))
                    .map(connection)
                    .ifPresent(CallerLimits::letGo);
        }
    }

    private static void letGo(SocketChannel caller) {
        try {
            caller.shutdownInput();
        } catch (IOException e) {
            // it is gone
        }
    }

    /** This thread begins to do what a caller asks. */
    public void served(SocketChannel caller) {
        calls.put(Thread.currentThread(), new Call(caller, nanoTime.getAsLong(), false));
    }

    /** This thread has all the time that the caller wants. */
    void unlimited() {
        calls.computeIfPresent(Thread.currentThread(), (thread, call) -> new Call(call.caller, call.begun, true));
    }

    /** This thread is done with the caller. */
    public void done() {
        calls.remove(Thread.currentThread());
    }

    private void endOverdue() {
        long now = nanoTime.getAsLong();
        calls.values().stream()
                .filter(call -> !call.unlimited && now - call.begun >= TIME.toNanos())
                .forEach(call -> end(call.caller));
    }

    /** Both ways, so that whoever waits for it waits no more. */
    private static void end(SocketChannel caller) {
        letGo(caller);
        try {
            caller.shutdownOutput();
        } catch (IOException e) {
            // it is gone
        }
    }
}
