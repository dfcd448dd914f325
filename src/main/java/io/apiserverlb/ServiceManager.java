package io.apiserverlb;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Mode;
import io.apiserverlb.pool.ServerList;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service manager that asks for it is told of this process, by the protocol of sd_notify(3): systemd's {@code Type=notify}.
 *
 * <p>Without {@code NOTIFY_SOCKET} in the environment nobody is told anything. By any thread; nothing here blocks or fails.
 */
final class ServiceManager implements AutoCloseable {
    /** An event loop that has not turned for that long is stuck; liveness says the same. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final @Nullable NotifySocket socket;
    private final Optional<Duration> watchdog;
    private final Events events;
    private final AtomicBoolean warned = new AtomicBoolean();

    /** By the pool only, which has one list after the other. */
    private String shown = "";

    private ServiceManager(@Nullable NotifySocket socket, Optional<Duration> watchdog, Events events) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.events = events;
    }

    /**
     * The one that the environment names; one that cannot be reached is an event, and no more.
     *
     * @param pid of this process
     */
    static ServiceManager of(Map<String, String> environment, long pid, Events events) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return new ServiceManager(null, Optional.empty(), events);
        }
        try {
            return new ServiceManager(NotifySocket.connect(address), watchdog(environment, pid), events);
        } catch (IOException e) {
            warn(
                    events,
                    "the service manager cannot be told anything at NOTIFY_SOCKET=" + address + ": " + e.getMessage());
            return new ServiceManager(null, Optional.empty(), events);
        }
    }

    /** How often to say that all is well: twice in the time after which silence counts as a failure. */
    static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean meant =
                environment.getOrDefault("WATCHDOG_PID", Long.toString(pid)).equals(Long.toString(pid));
        return meant && micros.matches("0*[1-9]\\d{0,15}")
                ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 500))
                : Optional.empty();
    }

    /**
     * The listeners are bound. From now on it hears regularly that the event loops turn, as long as every one does.
     *
     * @param sinceLastTurn of the event loop that is furthest behind
     */
    void ready(Supplier<Duration> sinceLastTurn) {
        send("READY=1");
        if (socket != null) {
            watchdog.ifPresent(pause -> socket.repeat(pause, () -> {
                if (sinceLastTurn.get().compareTo(STUCK) < 0) {
                    send("WATCHDOG=1");
                }
            }));
        }
    }

    /** Has it show how many servers are usable, if it does not show that already; for one caller at a time. */
    void show(ServerList list) {
        if (socket == null) {
            return;
        }
        String servers = list.usable() + " of " + list.servers().size() + " servers usable";
        String mode = list.mode() == Mode.NORMAL ? "" : ", mode " + name(list.mode());
        String text = servers + mode;
        if (!text.equals(shown)) {
            shown = text;
            send("STATUS=" + text);
        }
    }

    private static String name(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** New clients are still served for the grace; then sessions end. */
    void stopping() {
        send("STOPPING=1\nSTATUS=stopping");
    }

    private void send(String message) {
        if (socket != null) {
            socket.send(message, this::failed);
        }
    }

    private void failed(Throwable cause) {
        if (!warned.getAndSet(true)) {
            warn(events, "the service manager could not be told something: " + cause.getMessage());
        }
    }

    private static void warn(Events events, String message) {
        events.record(Event.Type.PROCESS, Event.Severity.WARN, "process", message);
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
    }
}
