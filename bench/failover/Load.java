import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The clients of a failure scenario: new connections at a fixed rate, each with a TLS handshake and one request, whether or not the
 * former ones are done; and kept connections with a request now and then.
 *
 * <p>Arguments: host, port, the file for a line for each new connection. It says {@code steady} once it has warmed up, then reads
 * {@code hurt}, {@code healed} and {@code stop} from its input at the moments when they happen, and says the result in one line.
 */
final class Load {
    private static final int NEW_PER_SECOND = 40;
    private static final long NEW_TIMEOUT_MILLIS = 5_000;
    private static final int KEPT = 9;
    private static final long KEPT_EVERY_MILLIS = 200;
    /** Longer than the failure: a kept connection is saved by the balancer or not at all. */
    private static final long KEPT_TIMEOUT_MILLIS = 40_000;

    private static final long RETRY_AFTER_MILLIS = 100;
    private static final long WARM_UP_MILLIS = 6_000;
    private static final long BASELINE_MILLIS = 3_000;
    private static final long SLOW_MILLIS = 100;
    private static final String HURT_SERVER = "10.99.0.1";

    /** One new connection; times in milliseconds since the start. */
    private record Attempt(double began, double took, String outcome, String server) {
        boolean failed() {
            return !outcome.equals("ok");
        }

        boolean bad(double limit) {
            return failed() || took > limit;
        }
    }

    private final long start = System.nanoTime();
    private final InetSocketAddress target;
    private final SSLContext tls;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, Load::daemon);
    private final ExecutorService threads = Executors.newCachedThreadPool(Load::daemon);
    private final List<Attempt> attempts = Collections.synchronizedList(new ArrayList<>());
    /** For each kept connection the moments of its answers. */
    private final List<List<Double>> kept = new ArrayList<>();

    /** When new connections began. */
    private double begun;

    private volatile double stall;
    private volatile boolean measuring;
    private volatile boolean stopped;

    private Load(InetSocketAddress target) throws Exception {
        this.target = target;
        this.tls = SSLContext.getInstance("TLS");
        this.tls.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
    }

    public static void main(String[] args) throws Exception {
        Load load = new Load(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        load.run(Path.of(args[2]));
        System.exit(0);
    }

    private void run(Path csv) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        threads.execute(this::watchStalls);
        for (int i = 0; i < KEPT; i++) {
            List<Double> answers = Collections.synchronizedList(new ArrayList<>());
            kept.add(answers);
            threads.execute(() -> keep(answers));
            while (answers.isEmpty()) { // one after the other, so that every server gets its share
                pause(1);
            }
        }
        begun = now();
        clock.scheduleAtFixedRate(
                () -> {
                    double due = now();
                    threads.execute(() -> attempts.add(attempt(due)));
                },
                0,
                1_000_000 / NEW_PER_SECOND,
                TimeUnit.MICROSECONDS);
        Thread.sleep(WARM_UP_MILLIS + BASELINE_MILLIS);
        measuring = true;
        System.out.println("steady");
        double hurt = moment(in, "hurt");
        double healed = moment(in, "healed");
        double end = moment(in, "stop");
        stopped = true;
        clock.shutdown();
        Thread.sleep(NEW_TIMEOUT_MILLIS + 500); // for the connections that are under way
        report(hurt, healed, end, csv);
    }

    private double moment(BufferedReader in, String word) throws IOException {
        String line = in.readLine();
        if (!word.equals(line)) {
            throw new IOException("expected " + word + ", not " + line);
        }
        return now();
    }

    // ---- new connections

    private Attempt attempt(double due) {
        String server = "";
        String outcome = "ok";
        try (Connection connection = new Connection(due + NEW_TIMEOUT_MILLIS)) {
            try {
                connection.open();
                server = connection.ask();
            } catch (IOException | RuntimeException e) {
                outcome = connection.expired ? "timeout" : reason(e);
            }
        }
        return new Attempt(due, now() - due, outcome, server);
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage())
                .replace(',', ' ')
                .lines()
                .findFirst()
                .orElse("");
    }

    // ---- kept connections

    private void keep(List<Double> answers) {
        while (!stopped) {
            try (Connection connection = new Connection(now() + NEW_TIMEOUT_MILLIS)) {
                connection.open();
                connection.lastsUntil(Double.POSITIVE_INFINITY);
                while (!stopped) {
                    double asked = now();
                    connection.lastsUntil(asked + KEPT_TIMEOUT_MILLIS);
                    connection.ask();
                    answers.add(now());
                    pause(asked + KEPT_EVERY_MILLIS - now());
                }
            } catch (IOException | RuntimeException e) {
                pause(RETRY_AFTER_MILLIS);
            }
        }
    }

    private static void pause(double millis) {
        try {
            Thread.sleep(Math.max(0, Math.round(millis)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the result

    private void report(double hurt, double healed, double end, Path csv) throws IOException {
        List<Attempt> all;
        synchronized (attempts) {
            all = new ArrayList<>(attempts);
        }
        all.sort(Comparator.comparing(Attempt::began));
        double baseline = median(all.stream()
                .filter(a -> a.began() >= begun + WARM_UP_MILLIS && a.began() < hurt && !a.failed())
                .map(Attempt::took)
                .toList());
        double limit = baseline + SLOW_MILLIS;
        // Those that were under way when it happened are hurt, too.
        List<Attempt> counted = all.stream()
                .filter(a -> a.began() + a.took() >= hurt && a.began() < end)
                .toList();
        long errors = counted.stream().filter(Attempt::failed).count();
        long slow =
                counted.stream().filter(a -> !a.failed() && a.took() > limit).count();
        double slowest = counted.stream()
                .filter(a -> !a.failed())
                .mapToDouble(Attempt::took)
                .max()
                .orElse(0);
        double detected = counted.stream()
                .filter(a -> a.began() < healed && a.bad(limit))
                .mapToDouble(a -> Math.max(0, a.began() - hurt))
                .max()
                .orElse(0);
        List<Attempt> after =
                counted.stream().filter(a -> a.began() > healed && !a.failed()).toList();
        long returned =
                after.stream().filter(a -> a.server().startsWith(HURT_SERVER)).count();
        List<Double> outs =
                kept.stream().map(answers -> longestOut(answers, hurt, end)).toList();
        long out = outs.stream().filter(millis -> millis > SLOW_MILLIS).count();
        System.out.printf(
                Locale.ROOT,
                "connections=%d errors=%d slow=%d slowest=%.0f detected=%.0f keptOut=%d keptMedian=%.0f keptMax=%.0f"
                        + " returned=%d baseline=%.1f stall=%.0f%n",
                counted.size(),
                errors,
                slow,
                slowest,
                detected,
                out,
                median(outs.stream().filter(millis -> millis > SLOW_MILLIS).toList()),
                Collections.max(outs),
                after.isEmpty() ? 0 : Math.round(100.0 * returned / after.size()),
                baseline,
                stall);
        List<String> lines = new ArrayList<>(List.of("began,took,outcome,server"));
        for (Attempt a : all) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f,%s,%s",
                    a.began() - hurt,
                    a.took(),
                    a.outcome(),
                    a.server().trim()));
        }
        Files.write(csv, lines);
    }

    /** The longest time without an answer beyond the usual one, of that part of the run. */
    private static double longestOut(List<Double> answers, double from, double to) {
        double longest = 0;
        double last = from;
        List<Double> moments;
        synchronized (answers) {
            moments = new ArrayList<>(answers);
        }
        for (double moment : moments) {
            if (moment > from && moment < to) {
                longest = Math.max(longest, moment - last);
                last = moment;
            }
        }
        return Math.max(0, Math.max(longest, to - last) - KEPT_EVERY_MILLIS);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }

    /** How late this process itself was at worst: what is slower than that is not the clients' fault. */
    private void watchStalls() {
        while (!stopped) {
            double before = now();
            pause(10);
            if (measuring) {
                stall = Math.max(stall, now() - before - 10);
            }
        }
    }

    private double now() {
        return (System.nanoTime() - start) / 1e6;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    /** A connection that is closed when its time is up. */
    private final class Connection implements AutoCloseable {
        private static final byte[] REQUEST =
                "GET /version HTTP/1.1\r\nHost: kubernetes.default.svc\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final int HEAD_LIMIT = 8_192;

        private final Socket raw = new Socket();
        private Socket socket = raw;
        private Future<?> expiry;
        volatile boolean expired;

        Connection(double deadline) {
            lastsUntil(deadline);
        }

        final void lastsUntil(double deadline) {
            if (expiry != null) {
                expiry.cancel(false);
            }
            if (deadline < Double.POSITIVE_INFINITY && !clock.isShutdown()) {
                expiry = clock.schedule(this::expire, (long) (deadline - now()), TimeUnit.MILLISECONDS);
            }
        }

        void open() throws IOException {
            raw.setTcpNoDelay(true);
            raw.connect(target, (int) NEW_TIMEOUT_MILLIS);
            SSLSocket secured =
                    (SSLSocket) tls.getSocketFactory().createSocket(raw, "kubernetes.default.svc", 6443, true);
            socket = secured;
            secured.startHandshake();
        }

        /** The body of the answer. */
        String ask() throws IOException {
            socket.getOutputStream().write(REQUEST);
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0 || head.length() > HEAD_LIMIT) {
                    throw new EOFException("closed");
                }
                head.append((char) next);
            }
            if (!head.toString().startsWith("HTTP/1.1 200 ")) {
                throw new IOException(head.substring(0, head.indexOf("\r\n")));
            }
            int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
            int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("closed");
            }
            return new String(body, StandardCharsets.US_ASCII);
        }

        private void expire() {
            expired = true;
            close();
        }

        /** Without TLS's goodbye, which could wait. */
        @Override
        public void close() {
            if (expiry != null) {
                expiry.cancel(false);
            }
            try {
                raw.close();
            } catch (IOException e) {
                // it is gone either way
            }
        }
    }

    /** The load is the balancers', not the authorities'. */
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
