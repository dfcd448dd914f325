package io.apiserverlb.pool;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What checks of a long list found that only confirms what is known: kept for a moment, so that one new list takes in many of them. With a
 * thousand servers there are hundreds a second, and a list for each, judged anew, would be most of what the process does.
 *
 * <p>Confined to the lock of its pool, which takes in what is kept before it changes anything else.
 */
final class Routine {
    /** A list that is shorter takes in every check at once. */
    private static final int LONG = 32;

    private static final long PERIOD = Duration.ofMillis(100).toNanos();

    private final Map<ServerAddress, Condition> kept = new LinkedHashMap<>();
    private long takenAt;

    /** A server with what has been found since the list was made. */
    Server latest(Server known) {
        Condition condition = kept.get(known.address());
        return condition == null ? known : known.with(condition);
    }

    /**
     * Keeps what a check made of a server, if it may wait.
     *
     * @param before the latest of that server
     */
    boolean keep(ServerList list, Server before, Condition next) {
        if (list.servers().size() < LONG || !confirms(before.condition(), next)) {
            return false;
        }
        kept.put(before.address(), next);
        return true;
    }

    private static boolean confirms(Condition before, Condition next) {
        return next.health().equals(before.health())
                && next.flapping().equals(before.flapping())
                && next.requests().equals(before.requests())
                && Objects.equals(next.slowStartFrom(), before.slowStartFrom())
                && next.observed().confirms(before.observed())
                && Stream.of(before, next).map(Condition::streak).allMatch(Streak::isWell);
    }

    boolean isDue(long now) {
        return now - takenAt >= PERIOD;
    }

    /** The servers of a list with what was kept, which is no longer. */
    List<Server> take(ServerList list, long now) {
        List<Server> servers = kept.entrySet().stream()
                .flatMap(entry -> list.find(entry.getKey()).map(server -> server.with(entry.getValue())).stream())
                .toList();
        kept.clear();
        takenAt = now;
        return servers;
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }
}
