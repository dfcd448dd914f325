package io.apiserverlb.failover;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one client that connected, shook hands and asked {@code /version}.
 *
 * @param start nano time before connecting
 * @param nanos until the answer's first byte, or until it failed
 * @param reached how far it came
 * @param server the name in the certificate that the client saw, or null
 * @param error what it failed by, or null
 */
public record Request(
        long start,
        long nanos,
        Reached reached,
        @Nullable String server,
        @Nullable String error) {
    /** The steps of a request, each with what the one before it means for who is to blame. */
    public enum Reached {
        NOTHING,
        /** Connected to the balancer. */
        CONNECTED,
        /** Bytes of a server have come: no other server could go on from here. */
        GREETED,
        /** Hands were shaken, the request is on its way. */
        SENT,
        ANSWERED
    }

    /** Whether it got no answer. */
    public boolean failed() {
        return error != null;
    }

    /** Failed, though nothing of a server had been seen yet that another could not have said. */
    public boolean failedNeedlessly() {
        return failed() && reached.compareTo(Reached.GREETED) < 0;
    }

    /** Nano time of the answer or the failure. */
    public long end() {
        return start + nanos;
    }

    Duration took() {
        return Duration.ofNanos(nanos);
    }
}
