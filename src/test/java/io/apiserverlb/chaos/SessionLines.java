package io.apiserverlb.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The session lines of all balancers of a run, found by the client's port: a port is used again, but not at the same time. */
final class SessionLines {
    /** By which the clock of the log, and the time from an end to its line, may be off. */
    private static final long SLACK = 5_000_000L;

    /** In which a session is over whose client has gone. */
    private static final long OVER = 10_000_000_000L;

    private final Map<Integer, List<SessionLine>> byPort = new HashMap<>();

    SessionLines(List<SessionLine> lines) {
        for (SessionLine line : lines) {
            byPort.computeIfAbsent(line.port(), port -> new ArrayList<>()).add(line);
        }
        byPort.values().forEach(some -> some.sort(Comparator.comparing(SessionLine::at)));
    }

    /**
     * The line of a session.
     *
     * @param start nano time when its client began to connect: a line of before is of another one
     * @param end nano time when its client had gone
     */
    Optional<SessionLine> of(int port, long start, long end) {
        return byPort.getOrDefault(port, List.of()).stream()
                .filter(line -> line.at() >= start - SLACK && line.at() <= end + OVER)
                .findFirst();
    }
}
