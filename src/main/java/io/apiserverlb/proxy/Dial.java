package io.apiserverlb.proxy;

import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Hedge;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The attempts to connect one client: the next server at once when one fails, a rival beside one that is silent, the first to connect
 * wins. Confined to one event loop.
 */
final class Dial {
    /** A second try at the only server there is, as in HAProxy's {@code retries} without another server to redispatch to. */
    private static final Duration SINGLE_SERVER_RETRY = Duration.ofSeconds(1);

    /** Before the next attempt when this process has no descriptor, port or buffer left. */
    private static final Duration OWN_TROUBLE_PAUSE = Duration.ofMillis(200);

    /** What came of it. */
    interface Result {
        /**
         * A server is connected to.
         *
         * @param retries attempts that failed before
         */
        void connected(SocketChannel server, Lease lease, int retries);

        void failed(List<DialFailure> failures);
    }

    /**
     * A connection being made.
     *
     * @param rival whether it was begun beside one that was silent
     */
    private record Attempt(Lease lease, Channel channel, boolean rival) {}

    private final Dialer.Settings settings;
    private final ServerPool pool;
    private final Bootstrap bootstrap;
    private final SocketOptions options;
    private final EventLoop loop;
    private final InetAddress client;
    private final LongSupplier nanoTime;
    private final Result result;
    private final long deadline;

    private final List<ServerAddress> tried = new ArrayList<>(2);
    private final List<Attempt> inFlight = new ArrayList<>(2);
    private final List<DialFailure> failures = new ArrayList<>(0);
    /** The next thing to do if nothing happens before. */
    private @Nullable Future<?> timer;

    private @Nullable Future<?> expiry;
    private @Nullable Attempt winner;
    private int rivals;
    private boolean retriedSingle;
    private boolean done;

    Dial(
            Dialer.Settings settings,
            ServerPool pool,
            Bootstrap bootstrap,
            SocketOptions options,
            EventLoop loop,
            InetAddress client,
            LongSupplier nanoTime,
            Result result) {
        this.settings = settings;
        this.pool = pool;
        this.bootstrap = bootstrap;
        this.options = options;
        this.loop = loop;
        this.client = client;
        this.nanoTime = nanoTime;
        this.result = result;
        this.deadline = nanoTime.getAsLong() + settings.budget().toNanos();
    }

    void start() {
        expiry = loop.schedule(this::giveUp, settings.budget().toNanos(), TimeUnit.NANOSECONDS);
        next();
    }

    /** Ends all attempts without a result. */
    void cancel() {
        finish();
        List<Attempt> losers = List.copyOf(inFlight);
        inFlight.clear(); // first: closing a channel completes its attempt
        losers.forEach(Dial::abandon);
    }

    private void next() {
        if (done || nanoTime.getAsLong() - deadline >= 0) {
            giveUp();
            return;
        }
        Lease lease = pool.acquire(client, tried);
        if (lease != null) {
            attempt(lease, false);
        } else if (inFlight.isEmpty()) {
            retryOrGiveUp();
        }
    }

    /** Silence alone is no reason to try a server that takes no sessions, unless there is no other. */
    private void rival() {
        Lease lease = pool.acquire(client, tried);
        boolean better = lease != null && lease.server().usable();
        boolean noWorse =
                inFlight.stream().noneMatch(attempt -> attempt.lease().server().usable());
        if (lease != null && (better || noWorse)) {
            rivals++;
            attempt(lease, true);
        } else if (lease != null) {
            lease.close(CloseReason.SERVER);
        }
    }

    private void attempt(Lease lease, boolean rival) {
        ServerAddress server = lease.server().address();
        tried.add(server);
        InetSocketAddress target = new InetSocketAddress(server.ip().orElseThrow(), server.port());
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - nanoTime.getAsLong());
        int timeout = (int) Math.max(1, Math.min(settings.timeout().toMillis(), left));
        ChannelFuture connecting = options.apply(bootstrap.clone(), target.getAddress())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeout)
                .connect(target);
        Attempt attempt = new Attempt(lease, connecting.channel(), rival);
        inFlight.add(attempt);
        // A channel that could not even be made has no event loop, and tells so on a thread of its own.
        connecting.addListener(outcome -> onLoop(() -> completed(attempt, outcome.cause())));
        hedgeLater();
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void hedgeLater() {
        if (!done && !settings.hedgeAfter().isZero()) {
            cancel(timer);
            timer = loop.schedule(this::rival, settings.hedgeAfter().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void completed(Attempt attempt, @Nullable Throwable cause) {
        if (!inFlight.remove(attempt)) {
            return; // abandoned before
        }
        if (cause != null) {
            DialFailure failure = DialFailure.of(attempt.lease().server().address(), cause);
            attempt.lease().failed(failure.reason());
            failures.add(failure);
            if (failure.reason() == ConnectFailure.LOCAL) {
                // Another server would not help, and this one is not to blame: it may be tried again when something has
                // been freed.
                tried.remove(attempt.lease().server().address());
                later(OWN_TROUBLE_PAUSE);
            } else {
                next();
            }
            return;
        }
        attempt.lease().connected();
        attempt.channel().pipeline().removeFirst();
        winner = attempt;
        cancel();
        result.connected((SocketChannel) attempt.channel(), attempt.lease(), failures.size());
    }

    private void retryOrGiveUp() {
        boolean single = tried.size() == 1 && !retriedSingle;
        if (single && nanoTime.getAsLong() + SINGLE_SERVER_RETRY.toNanos() < deadline) {
            retriedSingle = true;
            tried.clear();
            later(SINGLE_SERVER_RETRY);
        } else {
            giveUp();
        }
    }

    private void later(Duration pause) {
        cancel(timer);
        timer = loop.schedule(this::next, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp() {
        if (!done) {
            inFlight.forEach(attempt -> failures.add(
                    new DialFailure(attempt.lease().server().address(), ConnectFailure.TIMEOUT, "no answer")));
            cancel();
            result.failed(failures);
        }
    }

    private void finish() {
        if (!done) {
            int won = winner != null && winner.rival() ? 1 : 0;
            for (int i = 0; i < rivals; i++) {
                pool.hedged(Hedge.CONNECT, i < won);
            }
        }
        done = true;
        cancel(timer);
        cancel(expiry);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Losing a race is no failure. */
    private static void abandon(Attempt attempt) {
        attempt.lease().close(CloseReason.SERVER);
        attempt.channel().close();
    }
}
