import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Requests at a fixed rate over kept connections, whether or not the former ones are answered, and how long each answer took from the
 * moment when its request was due.
 *
 * <p>Client and server are one thread that never sleeps, so nothing but the proxy in between, and the kernel, can make anyone wait.
 *
 * <p>Argument: the server's port, on all addresses. Reads lines {@code HOST PORT CONNECTIONS RATE SECONDS} from its input and says the
 * result of each in one line, in microseconds: percentiles, and how late the requests themselves were sent.
 */
final class Latency {
    static final int REQUEST = 128;
    static final int ANSWER = 512;
    /** Answers of the time in which connections get going are not counted. */
    private static final int LEAD_IN = 500;
    /** Nobody is more than this many requests behind on one connection, or the rate is too high. */
    private static final int UNANSWERED = 1 << 12;

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    private final ByteBuffer request = ByteBuffer.allocateDirect(REQUEST);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER);

    private long[] took = {};
    private int answered;

    private Latency(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(port), 4_096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Latency latency = new Latency(Integer.parseInt(args[0]));
        // Checks of proxies want to be accepted between runs, too.
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        System.out.println("ready");
        while (true) {
            while (!lines.ready()) {
                latency.selector.select(latency::turn, 20);
            }
            String[] words = lines.readLine().split(" ");
            System.out.println(latency.run(
                    new InetSocketAddress(words[0], Integer.parseInt(words[1])),
                    Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]),
                    Integer.parseInt(words[4])));
        }
    }

    private String run(InetSocketAddress target, int connections, int rate, int seconds) throws IOException {
        Client[] clients = new Client[connections];
        for (int i = 0; i < connections; i++) {
            clients[i] = connect(target);
        }
        int count = LEAD_IN + rate * seconds;
        took = new long[count];
        answered = 0;
        long[] late = new long[count];
        long interval = 1_000_000_000L / rate;
        long start = System.nanoTime() + interval;
        long end = start + count * interval + 5_000_000_000L;
        for (int sent = 0; answered < count; ) {
            long now = System.nanoTime();
            long due = start + sent * interval;
            if (sent < count && now >= due) {
                late[sent] = now - due;
                clients[sent++ % connections].send(due);
            }
            selector.selectNow(this::turn);
            if (now > end) {
                return "errors=" + (count - answered);
            }
        }
        for (Client client : clients) {
            client.channel.close();
        }
        // In order of arrival, so these are not exactly the first that were sent; it does not matter.
        long[] counted = Arrays.copyOfRange(took, LEAD_IN, count);
        Arrays.sort(counted);
        Arrays.sort(late);
        return String.format(
                Locale.ROOT,
                "p50=%.2f p99=%.2f p999=%.2f max=%.2f sent-late-p99=%.2f sent-late-p999=%.2f errors=0",
                percentile(counted, 0.5),
                percentile(counted, 0.99),
                percentile(counted, 0.999),
                percentile(counted, 1),
                percentile(late, 0.99),
                percentile(late, 0.999));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted[(int) Math.max(0, Math.ceil(sorted.length * share) - 1)] / 1e3;
    }

    private Client connect(InetSocketAddress target) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(target);
        while (!channel.finishConnect()) {
            selector.selectNow(this::turn);
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Client client = new Client(channel);
        channel.register(selector, SelectionKey.OP_READ, client);
        return client;
    }

    private void turn(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel());
            } else {
                read((SocketChannel) key.channel(), (Peer) key.attachment());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
            accepted.configureBlocking(false);
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            accepted.register(selector, SelectionKey.OP_READ, new Server(accepted));
        }
    }

    private void read(SocketChannel channel, Peer peer) throws IOException {
        int read;
        try {
            read = channel.read(in.clear());
        } catch (IOException e) { // reset, as checks may do
            read = -1;
        }
        if (read < 0) {
            channel.close();
        } else {
            peer.received(read);
        }
    }

    /** One end of a connection: only the number of bytes counts. */
    private interface Peer {
        void received(int bytes) throws IOException;
    }

    private final class Server implements Peer {
        private final SocketChannel channel;
        private int rest;

        Server(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void received(int bytes) throws IOException {
            for (rest += bytes; rest >= REQUEST; rest -= REQUEST) {
                channel.write(answer.clear());
            }
        }
    }

    private final class Client implements Peer {
        private final SocketChannel channel;
        private final long[] due = new long[UNANSWERED];
        private int sent;
        private int done;
        private int rest;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        void send(long moment) throws IOException {
            due[sent++ % UNANSWERED] = moment;
            channel.write(request.clear());
        }

        @Override
        public void received(int bytes) {
            long now = System.nanoTime();
            for (rest += bytes; rest >= ANSWER; rest -= ANSWER) {
                took[answered++] = now - due[done++ % UNANSWERED];
            }
        }
    }
}
