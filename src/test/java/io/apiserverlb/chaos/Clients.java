package io.apiserverlb.chaos;

import static org.awaitility.Awaitility.await;

import io.apiserverlb.chaos.Transfer.Order;
import io.apiserverlb.chaos.Transfer.Outcome;
import io.apiserverlb.chaos.Transfer.Plan;
import io.apiserverlb.failover.NewConnections;
import io.apiserverlb.failover.Request;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** All traffic: clients that shake hands and ask, clients that send and receive streams, and some that stay. */
final class Clients implements AutoCloseable {
    private static final int REQUESTS_PER_SECOND = 15;
    private static final int TRANSFERS_PER_SECOND = 15;
    private static final int ECHOES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<Order> ONCE = List.of(Order.UP_FIRST, Order.DOWN_FIRST, Order.BOTH);
    private static final Duration BACK_OFF = Duration.ofMillis(100);

    private final InetSocketAddress to;
    private final Random random;
    private final ExecutorService threads = Executors.newCachedThreadPool(Clients::thread);
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(Clients::thread);
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger under = new AtomicInteger();
    private final Queue<Transfer> transfers = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new ArrayList<>();
    private volatile boolean pausing = true;
    private @Nullable NewConnections asking;
    private @Nullable ScheduledFuture<?> transferring;

    Clients(InetSocketAddress to, Random random) {
        this.to = to;
        this.random = random;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "chaos-client");
        thread.setDaemon(true);
        return thread;
    }

    void come() {
        pausing = false;
        asking = new NewConnections(to, REQUESTS_PER_SECOND);
        long period = TimeUnit.SECONDS.toNanos(1) / TRANSFERS_PER_SECOND;
        transferring = ticks.scheduleAtFixedRate(() -> begin(plan()), 0, period, TimeUnit.NANOSECONDS);
        for (int i = 0; i < ECHOES; i++) {
            begin(echo());
        }
    }

    /** Lets all finish what they do, and come no more; none is left then. */
    void leave() {
        pausing = true;
        if (transferring != null) {
            transferring.cancel(false);
        }
        if (asking != null) {
            requests.addAll(asking.stop());
            asking = null;
        }
        await().atMost(PATIENCE.multipliedBy(3)).until(() -> under.get() == 0);
    }

    private void begin(Plan plan) {
        under.incrementAndGet();
        threads.execute(() -> {
            Transfer done = new TransferClient(plan, to, PATIENCE, threads, () -> pausing).run();
            transfers.add(done);
            if (plan.order() == Order.ECHO && !pausing) {
                if (done.outcome() != Outcome.COMPLETE) {
                    LockSupport.parkNanos(BACK_OFF.toNanos());
                }
                begin(echo());
            }
            under.decrementAndGet();
        });
    }

    private Plan echo() {
        return new Plan(lastId.incrementAndGet(), Order.ECHO, 1 + draw(3_000), 0, 0, 0, -1);
    }

    private Plan plan() {
        long id = lastId.incrementAndGet();
        Order order = ONCE.get(draw(ONCE.size()));
        // Most are small; some are bulk, which goes another way through the balancer.
        int size = draw(20) == 0 ? 3_000_000 : draw(4) == 0 ? 200_000 : 5_000;
        boolean slow = draw(4) == 0;
        int pause = slow ? draw(3_000) : 0;
        long up = draw(size);
        return new Plan(
                id,
                order,
                up,
                draw(size),
                draw(2) == 0 ? pause : 0,
                draw(2) == 0 ? pause : 0,
                draw(25) == 0 ? up / 2 : -1);
    }

    private int draw(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    /** Those that have ended. */
    List<Transfer> transfers() {
        return List.copyOf(transfers);
    }

    /** Of the times that are over. */
    List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        pausing = true;
        ticks.shutdownNow();
        threads.shutdownNow();
        if (asking != null) {
            asking.stop();
        }
    }
}
