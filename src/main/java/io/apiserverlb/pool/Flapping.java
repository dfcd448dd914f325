package io.apiserverlb.pool;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How often a server went down lately, and what it takes to be up again for that: having gone down three times within five minutes it needs
 * twice the passes each further time, until it has not gone down for ten minutes.
 *
 * <p>Immutable and pure; times are nano times.
 *
 * @param downs when it last went down, the newest first; at most three
 * @param damped whether they were three within five minutes, less than ten minutes ago
 * @param further how often it went down since then, as far as that matters: 0 to 4
 */
record Flapping(List<Long> downs, boolean damped, int further) {
    static final Flapping NONE = new Flapping(List.of(), false, 0);

    private static final int MAX_DOUBLINGS = 4;
    private static final int MAX_RISE = 1 << MAX_DOUBLINGS;
    private static final int TIMES = 3;
    private static final long WITHIN = Duration.ofMinutes(5).toNanos();
    private static final long QUIET = Duration.ofMinutes(10).toNanos();

    Flapping {
        downs = List.copyOf(downs);
    }

    /** After the server went down once more. */
    Flapping afterDown(long now) {
        Flapping before = at(now);
        List<Long> latest = Stream.concat(Stream.of(now), before.downs.stream())
                .limit(TIMES)
                .toList();
        if (before.damped) {
            return new Flapping(latest, true, Math.min(before.further + 1, MAX_DOUBLINGS));
        }
        boolean often = latest.size() == TIMES && now - latest.get(TIMES - 1) <= WITHIN;
        return new Flapping(latest, often, 0);
    }

    /** Forgets all of it after ten quiet minutes. */
    Flapping at(long now) {
        return downs.isEmpty() || now - downs.get(0) < QUIET ? this : NONE;
    }

    /** The passes that it takes to be up. */
    int rise(int configured) {
        long rise = (long) configured << further;
        return (int) Math.max(configured, Math.min(rise, MAX_RISE));
    }
}
