package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.CLIENT;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Event loops take and end sessions while operators, checks and discovery change the list. */
class ConcurrencyTest {
    private static final int EVENT_LOOPS = 4;
    private static final int SESSIONS = 4_000;
    private static final List<ServerAddress> ADDRESSES = List.of(A, B, C, D);

    private final ExecutorService threads =
            Executors.newFixedThreadPool(EVENT_LOOPS + 1, task -> new Thread(task, "lb-test"));
    private final List<ServerList> published = Collections.synchronizedList(new ArrayList<>());

    /** A choice, and the lists that were the newest one at some moment of it. */
    private record Taken(Server server, int oldest, int newest) {}

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void givesOutOnlyServersThatAreAllowedAndLosesNoCount(Policy policy) throws Exception {
        TestPool pool = TestPool.builder().policy(policy).managed(A, B).build();
        pool.pool.subscribe(published::add);
        List<Future<List<Taken>>> loops = new ArrayList<>();
        Future<Integer> changes = threads.submit(() -> changeTheList(pool, new SplittableRandom(1)));
        for (int i = 0; i < EVENT_LOOPS; i++) {
            RandomGenerator random = new SplittableRandom(i);
            loops.add(threads.submit(takeSessions(pool, random)));
        }

        List<Taken> all = new ArrayList<>();
        for (Future<List<Taken>> loop : loops) {
            all.addAll(loop.get());
        }

        assertThat(changes.get()).isPositive();
        assertThat(all).as("the list is never empty").hasSize(EVENT_LOOPS * SESSIONS);
        assertThat(all).allSatisfy(taken -> assertThat(wasAllowed(taken)).isTrue());
        assertThat(all)
                .allSatisfy(taken -> assertThat(taken.server().load().active()).isZero());
        assertThat(published).isSortedAccordingTo((one, other) -> Long.compare(one.version(), other.version()));
    }

    @Test
    void asksItsRandomGeneratorOneThreadAtATime() throws Exception {
        ExclusiveRandom exclusive = new ExclusiveRandom();
        TestPool pool = TestPool.builder()
                .policy(Policy.RANDOM_TWO)
                .managed(A, B)
                .random(exclusive)
                .build();

        Future<?> sessions = threads.submit(() -> {
            for (int i = 0; i < SESSIONS; i++) {
                pool.next();
            }
        });
        while (!sessions.isDone()) {
            pool.change(new ListChange.Add(C, null));
            pool.change(new ListChange.Remove(C));
        }

        sessions.get();
        assertThat(exclusive.shared()).isFalse();
    }

    private Callable<List<Taken>> takeSessions(TestPool pool, RandomGenerator random) {
        return () -> {
            List<Taken> taken = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                int oldest = published.size() - 1;
                Lease lease = pool.pool.acquire(CLIENT, List.of());
                // A list is the newest one a moment before it is handed over.
                int newest = published.size();
                if (lease != null) {
                    taken.add(new Taken(lease.server(), oldest, newest));
                    end(lease, random);
                }
            }
            return taken;
        };
    }

    private static void end(Lease lease, RandomGenerator random) {
        if (random.nextInt(10) == 0) {
            lease.failed(ConnectFailure.REFUSED);
        } else if (random.nextInt(10) > 0) {
            lease.connected();
            lease.taken();
            lease.received(1);
            lease.sent(1);
        }
        lease.close(CloseReason.CLIENT);
    }

    private int changeTheList(TestPool pool, RandomGenerator random) {
        int changes = 0;
        while (changes < 2_000) {
            ServerAddress address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
            boolean known = pool.pool.list().find(address).isPresent();
            switch (random.nextInt(known ? 7 : 2)) {
                case 0 -> pool.discover(address);
                case 1 -> pool.change(new ListChange.Replace(List.of(A, address)));
                case 2 -> pool.admin(address, random.nextBoolean() ? AdminState.READY : AdminState.DRAIN);
                case 3 -> pool.weight(address, random.nextInt(200));
                case 4 -> pool.soft(address);
                case 5 -> pool.hard(address);
                default -> pool.pass(address);
            }
            changes++;
        }
        return changes;
    }

    private boolean wasAllowed(Taken taken) {
        int last = Math.min(taken.newest(), published.size() - 1);
        return published.subList(taken.oldest(), last + 1).stream()
                .anyMatch(list -> list.find(taken.server().address())
                        .map(server -> list.mode() == Mode.LAST_RESORT ? server.eligible() : server.usable())
                        .orElse(false));
    }

    /** Notices when it is asked by one thread before it has answered another. */
    private static final class ExclusiveRandom implements RandomGenerator {
        private final RandomGenerator random = new SplittableRandom(1);
        private final AtomicBoolean busy = new AtomicBoolean();
        private final AtomicBoolean shared = new AtomicBoolean();

        @Override
        public long nextLong() {
            if (!busy.compareAndSet(false, true)) {
                shared.set(true);
            }
            for (int i = 0; i < 100; i++) {
                Thread.onSpinWait();
            }
            long next = random.nextLong();
            busy.set(false);
            return next;
        }

        boolean shared() {
            return shared.get();
        }
    }
}
