package io.apiserverlb.chaos;

import java.time.Duration;
import java.util.List;

/**
 * What the balancer may take for what, by its rules and the properties of a run: checks come each second, twice as often in doubt, and are
 * given up after one; three in a row take a server down.
 */
final class Bounds {
    static final Duration DRAIN = Duration.ofSeconds(4);

    static final List<String> PROPERTIES = List.of(
            "--lb.drain-timeout=" + DRAIN.toSeconds() + "s",
            "--lb.shutdown.drain=1s",
            "--lb.slow-start=5s",
            "--lb.check.interval=1s",
            "--lb.check.fast-interval=500ms",
            "--lb.check.down-interval=1s",
            "--lb.check.timeout=1s",
            "--lb.check.reconnect=1s");

    /** Until a fault is noticed, or a server that is well again has been: 1.1 s to the first check, three that are not answered. */
    static final long DETECTION = nanos(5_000);

    /** Until the next handshake of a check shows another certificate. */
    static final long IDENTITY = nanos(4_000);

    /** What a fault may have as a consequence after its end: sixteen checks while it flaps, and then the drain. */
    static final long AFTERMATH = nanos(8_000 + 4_000 + 4_000);

    /** After which a session has left, beside the drain itself. */
    static final long SLACK = nanos(2_000);

    /** Until what the kernel knows has got around. */
    static final long MOMENT = nanos(1_000);

    static final long TRANSFER_STALL = nanos(20_000);

    private Bounds() {}

    private static long nanos(long millis) {
        return millis * 1_000_000;
    }
}
