package io.apiserverlb;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.proxy.SpareDescriptors;

/** Compares the descriptors that this process may open with what its sessions can take: two each. */
final class Descriptors {
    /** For files, checks, listeners and the management side. */
    private static final int RESERVE = 300;

    private Descriptors() {}

    static void warnIfTooFew(int maxConnections, Events events) {
        long needed = 2L * maxConnections + RESERVE;
        SpareDescriptors.limit().ifPresent(limit -> {
            if (limit < needed) {
                events.record(
                        Event.Type.PROCESS,
                        Event.Severity.WARN,
                        "process",
                        "lb.max-connections " + maxConnections + " can take " + needed
                                + " open files, but the limit is " + limit + " (ulimit -n)");
            }
        });
    }
}
