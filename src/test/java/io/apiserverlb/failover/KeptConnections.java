package io.apiserverlb.failover;

import io.apiserverlb.failover.Request.Reached;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep their connection and ask over it again and again, as informers and kubelets do. They wait for an answer as long as it
 * takes; when they are cut off they connect again at once.
 */
final class KeptConnections {
    private static final long PERIOD_MILLIS = 150;
    private static final long RECONNECT_MILLIS = 100;

    private final EventLoop loop = TlsClient.LOOPS.next();
    private final InetSocketAddress to;
    private final List<Kept> clients = new ArrayList<>();
    private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /** Begins at once. */
    KeptConnections(InetSocketAddress to, int count) {
        this.to = to;
        for (int i = 0; i < count; i++) {
            Kept client = new Kept();
            clients.add(client);
            loop.schedule(client::connect, PERIOD_MILLIS * i / count, TimeUnit.MILLISECONDS);
        }
    }

    /** The servers that clients are connected to now; those that wait for an answer included. */
    List<String> servers() {
        return clients.stream()
                .flatMap(client -> Stream.ofNullable(client.server))
                .toList();
    }

    /** Whether every client has been answered on the connection that it has. */
    boolean allWork() {
        return clients.stream().allMatch(client -> client.server != null && client.answered);
    }

    /** The longest time that a client waits for an answer now. */
    Duration longestSilence() {
        long now = System.nanoTime();
        return Duration.ofNanos(clients.stream()
                .mapToLong(client -> now - client.lastAnswer)
                .max()
                .orElse(0));
    }

    /** All cuts so far, those included after which the client has not been answered yet. */
    List<Cut> cuts() {
        return Stream.concat(cuts.stream(), clients.stream().flatMap(client -> Stream.ofNullable(client.cut)))
                .toList();
    }

    List<Cut> stop() {
        stopped = true;
        List<Cut> all = cuts();
        loop.execute(() -> clients.forEach(Kept::leave));
        return all;
    }

    private final class Kept implements TlsClient.Listener {
        private @Nullable TlsClient connection;
        private volatile @Nullable String server;
        private volatile boolean answered;
        private volatile long lastAnswer = System.nanoTime();
        private volatile @Nullable Cut cut;
        private long asked;
        private boolean waiting;

        void connect() {
            if (!stopped) {
                connection = TlsClient.connect(loop, to, this);
            }
        }

        void leave() {
            if (connection != null) {
                connection.close();
            }
        }

        @Override
        public void reached(Reached step) {
            if (step == Reached.ANSWERED) {
                waiting = false;
                lastAnswer = System.nanoTime();
                answered = true;
                Cut over = cut;
                if (over != null) {
                    cuts.add(over.endedAt(lastAnswer));
                    cut = null;
                }
            }
        }

        @Override
        public void ready(TlsClient client) {
            server = client.server();
            long now = System.nanoTime();
            long due = answered ? asked + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS) - now : 0;
            loop.schedule(() -> ask(client), Math.max(0, due), TimeUnit.NANOSECONDS);
        }

        private void ask(TlsClient client) {
            if (client == connection && !stopped) {
                asked = System.nanoTime();
                waiting = true;
                client.ask();
            }
        }

        @Override
        public void ended(TlsClient client, String why) {
            String lost = server;
            if (stopped) {
                return;
            }
            if (lost != null && cut == null) {
                cut = new Cut(lost, System.nanoTime(), waiting, lastAnswer, why, null);
            }
            long pause = lost == null ? RECONNECT_MILLIS : 0;
            server = null;
            answered = false;
            waiting = false;
            loop.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
        }
    }
}
