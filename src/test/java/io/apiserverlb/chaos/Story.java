package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Action.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What happens when: a pure function of seed and duration.
 *
 * @param actions in the order of their times
 */
record Story(long seed, Duration duration, List<Action> actions) {
    /** Servers there are: those from {@link #FIRST_ELSEWHERE} on each on a host of its own. */
    static final int SERVERS = 5;

    static final int FIRST_ELSEWHERE = 3;
    /** How many of them are on the list at first. */
    static final int LISTED = 4;

    Story {
        actions = List.copyOf(actions);
    }

    static Story of(long seed, Duration duration) {
        return new Author(new Random(seed), duration).write(seed);
    }

    /** The story up to a time. */
    List<Action> before(Duration time) {
        return actions.stream()
                .filter(action -> action.at().compareTo(time) <= 0)
                .toList();
    }

    /** Keeps in mind how things stand while it goes through the time. */
    private static final class Author {
        private static final Duration QUIET_EVERY = Duration.ofSeconds(45);
        private static final Duration END = Duration.ofSeconds(4);
        private static final Duration RESTART = Duration.ofSeconds(5);
        private static final Duration CALM = Duration.ofSeconds(3);
        private static final int FULL_WEIGHT = 100;
        /** So many servers nothing is wrong with, whatever happens to the others. */
        private static final int WELL = 1;

        private static final List<Kind> FAULTS_HERE = List.of(Kind.KILL, Kind.FREEZE, Kind.RED, Kind.FOREIGN);
        private static final List<Kind> FAULTS_ELSEWHERE = List.of(
                Kind.KILL,
                Kind.FREEZE,
                Kind.BLACK_HOLE,
                Kind.BLACK_HOLE,
                Kind.UNPLUG,
                Kind.LOSE,
                Kind.RED,
                Kind.FOREIGN);
        private static final List<Kind> RESTARTS = List.of(Kind.CRASH, Kind.HAND_OVER, Kind.TERMINATE);

        private final Random random;
        private final long length;
        private final List<Action> actions = new ArrayList<>();
        private final long[] mendedAt = new long[SERVERS];
        private final boolean[] listed = new boolean[SERVERS];
        private final boolean[] ready = new boolean[SERVERS];
        private final int[] weights = new int[SERVERS];
        private long now;
        private int restarts;
        /** No operator is served before. */
        private long restartedAt;

        Author(Random random, Duration duration) {
            this.random = random;
            this.length = duration.toMillis();
            this.restarts = random.nextInt(RESTARTS.size());
            for (int i = 0; i < SERVERS; i++) {
                listed[i] = i < LISTED;
                ready[i] = true;
                weights[i] = FULL_WEIGHT;
            }
        }

        Story write(long seed) {
            long quietAt = QUIET_EVERY.toMillis();
            long restartAt = 2_000L + random.nextInt(4_000);
            for (now = 500; now < length - END.toMillis(); now += 150 + random.nextInt(1_500)) {
                if (now > quietAt) {
                    now = calm();
                    add(Kind.QUIET, Action.NONE, 0);
                    quietAt = now + QUIET_EVERY.toMillis();
                } else if (now > restartAt) {
                    add(RESTARTS.get(restarts++ % RESTARTS.size()), Action.NONE, 0);
                    restartedAt = now + RESTART.toMillis();
                    restartAt = now + 12_000 + random.nextInt(15_000);
                } else {
                    next();
                }
            }
            actions.sort(Comparator.comparing(Action::at)); // stable
            return new Story(seed, Duration.ofMillis(length), actions);
        }

        /** When all faults are mended and nothing of them is left. */
        private long calm() {
            long latest = now;
            for (long mended : mendedAt) {
                latest = Math.max(latest, mended);
            }
            return latest + CALM.toMillis();
        }

        private void next() {
            int server = random.nextInt(SERVERS);
            int dice = random.nextInt(100);
            if (dice < 50) {
                fault(server);
            } else if (dice < 58) {
                if (isMended(server)) {
                    add(Kind.RESET, server, 0);
                }
            } else if (now < restartedAt) {
                fault(server);
            } else if (!listed[server]) {
                listed[server] = true;
                add(Kind.ADD, server, 0);
            } else if (dice < 68) {
                replaceOrRemove(server);
            } else if (dice < 88) {
                admin(server);
            } else {
                weight(server);
            }
        }

        private void fault(int server) {
            if (!isMended(server) || !maySpare(server)) {
                return;
            }
            List<Kind> faults = server < FIRST_ELSEWHERE ? FAULTS_HERE : FAULTS_ELSEWHERE;
            Kind kind = faults.get(random.nextInt(faults.size()));
            // Now and then so short that it should not matter.
            long lasts = random.nextInt(3) == 0 ? 200 + random.nextInt(600) : 2_000 + random.nextInt(6_000);
            add(kind, server, 0);
            long until = Math.min(now + lasts, length - END.toMillis());
            actions.add(new Action(Duration.ofMillis(until), Kind.MEND, server, 0));
            mendedAt[server] = until;
        }

        private void replaceOrRemove(int server) {
            for (int other = 0; other < SERVERS; other++) {
                if (!listed[other] && isWell(other) && random.nextBoolean()) {
                    listed[other] = true;
                    listed[server] = false;
                    add(Kind.REPLACE, server, other);
                    return;
                }
            }
            if (maySpare(server)) {
                listed[server] = false;
                add(Kind.REMOVE, server, 0);
            }
        }

        private void admin(int server) {
            if (!ready[server]) {
                ready[server] = true;
                add(Kind.READY, server, 0);
            } else if (maySpare(server)) {
                ready[server] = false;
                add(random.nextBoolean() ? Kind.DRAIN : Kind.MAINT, server, 0);
            }
        }

        private void weight(int server) {
            int weight = weights[server] != FULL_WEIGHT ? FULL_WEIGHT : random.nextInt(3) * 50;
            if (weight > 0 || maySpare(server)) {
                weights[server] = weight;
                add(Kind.WEIGHT, server, weight);
            }
        }

        private boolean isMended(int server) {
            return now > mendedAt[server] + 500;
        }

        /** Fit for sessions, for all that the story does to it. */
        private boolean isWell(int server) {
            return isMended(server) && ready[server] && weights[server] > 0;
        }

        /** Whether enough are left without it. */
        private boolean maySpare(int server) {
            int others = 0;
            for (int i = 0; i < SERVERS; i++) {
                if (i != server && listed[i] && isWell(i)) {
                    others++;
                }
            }
            return others >= WELL;
        }

        private void add(Kind kind, int server, int other) {
            actions.add(new Action(Duration.ofMillis(now), kind, server, other));
        }
    }
}
