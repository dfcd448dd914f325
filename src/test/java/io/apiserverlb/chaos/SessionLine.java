package io.apiserverlb.chaos;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the balancer's log for one session that has ended.
 *
 * @param at nano time
 * @param server its address, or {@code <NOSRV>}
 * @param chosenAfter until it was connected to its server, in nanoseconds
 * @param retried whether another server was tried before
 */
record SessionLine(
        int life,
        long at,
        int port,
        String server,
        long chosenAfter,
        long bytesIn,
        long bytesOut,
        String flags,
        boolean retried,
        String text) {
    private static final Pattern LINE =
            Pattern.compile("(\\S+) +INFO .* apiserver-lb\\.session +: (127\\.0\\.0\\.1:(\\d+) \\S+ [^/ ]+/(\\S+) "
                    + "(-?\\d+)/(-?\\d+)/\\S+ (\\d+) (\\d+) (\\S\\S) (\\S+) \\d+)");

    /** Of what is no such line, empty. */
    static Optional<SessionLine> parse(int life, String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new SessionLine(
                life,
                nanoTime(OffsetDateTime.parse(matcher.group(1)).toInstant()),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                nanos(matcher.group(5)) + nanos(matcher.group(6)),
                Long.parseLong(matcher.group(7)),
                Long.parseLong(matcher.group(8)),
                matcher.group(9),
                !matcher.group(10).equals("0"),
                matcher.group(2)));
    }

    /** Of milliseconds, which are negative where there was nothing to wait for. */
    private static long nanos(String millis) {
        return Math.max(0, Long.parseLong(millis)) * 1_000_000;
    }

    private static long nanoTime(Instant instant) {
        return System.nanoTime() - ChronoUnit.NANOS.between(instant, Instant.now());
    }

    /** Whether it had a server. */
    boolean wasServed() {
        return flags.equals("--") || flags.charAt(1) == 'D';
    }
}
