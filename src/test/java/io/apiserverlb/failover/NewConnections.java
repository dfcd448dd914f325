package io.apiserverlb.failover;

import static org.awaitility.Awaitility.await;

import io.apiserverlb.failover.Request.Reached;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A new client at fixed times, whatever becomes of those before: connects, shakes hands, asks {@code /version}, leaves.
 *
 * <p>So a slow request delays no other, and a second of trouble is seen by a second's worth of clients.
 */
public final class NewConnections {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final EventLoop loop;
    private final InetSocketAddress to;
    private final Queue<Request> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Future<?> ticks;

    /** Begins at once. */
    public NewConnections(InetSocketAddress to, int perSecond) {
        this(TlsClient.LOOPS.next(), to, perSecond);
    }

    private NewConnections(EventLoop loop, InetSocketAddress to, int perSecond) {
        this.loop = loop;
        this.to = to;
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.ticks = loop.scheduleAtFixedRate(this::begin, 0, period, TimeUnit.NANOSECONDS);
    }

    private void begin() {
        pending.incrementAndGet();
        new One().start();
    }

    /** Others on the thread of these, so that what delays the ones at this end delays the others. */
    NewConnections beside(InetSocketAddress elsewhere, int perSecond) {
        return new NewConnections(loop, elsewhere, perSecond);
    }

    /** Those that are over by now. */
    public List<Request> done() {
        return List.copyOf(done);
    }

    /** Begins no more, and waits for those that have begun. */
    public List<Request> stop() {
        ticks.cancel(false);
        await().atMost(PATIENCE.plusSeconds(2)).until(() -> pending.get() == 0);
        return done();
    }

    private final class One implements TlsClient.Listener {
        private final long start = System.nanoTime();
        private Reached reached = Reached.NOTHING;

        void start() {
            TlsClient client = TlsClient.connect(loop, to, this);
            loop.schedule(() -> end(client, "no answer within " + PATIENCE), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void reached(Reached step) {
            reached = step;
        }

        @Override
        public void ready(TlsClient client) {
            if (reached == Reached.ANSWERED) {
                end(client, "");
            } else {
                client.ask();
            }
        }

        @Override
        public void ended(TlsClient client, String why) {
            end(client, why);
        }

        private boolean over;

        private void end(TlsClient client, String error) {
            if (!over) {
                over = true;
                client.close();
                done.add(new Request(
                        start, System.nanoTime() - start, reached, client.server(), error.isEmpty() ? null : error));
                pending.decrementAndGet();
            }
        }
    }
}
