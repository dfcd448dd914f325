package io.apiserverlb;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Compares the descriptors that this process may open with what its sessions can take: two each. */
final class Descriptors {
    /** For files, checks, listeners and the management side. */
    private static final int RESERVE = 300;

    private static final String LIMIT = "Max open files";

    private Descriptors() {}

    static void warnIfTooFew(int maxConnections, Events events) {
        long needed = 2L * maxConnections + RESERVE;
        limit().ifPresent(limit -> {
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

    private static OptionalLong limit() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/limits"));
            return lines.stream()
                    .filter(line -> line.startsWith(LIMIT))
                    .map(line -> line.substring(LIMIT.length()).strip().split("\\s+", 2)[0])
                    .filter(soft -> soft.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // not Linux
        }
    }
}
