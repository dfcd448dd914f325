import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts balancers in turn and takes the time from the start of the process until a client got a byte through it from a server.
 *
 * <p>Arguments: the number of rounds, the balancers' port, the server's port, a folder for what they print. The input has a line for each
 * balancer: its name, a tab, a shell command that becomes the balancer. One line for each start goes to the output: the name, a tab,
 * milliseconds.
 */
final class FirstByte {
    private static final long TRY_EVERY_NANOS = 2_000_000;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int ANSWER_MILLIS = 5_000;
    private static final int STOP_SECONDS = 20;

    private final InetSocketAddress balancer;
    private final File folder;

    private FirstByte(int port, File folder) {
        this.balancer = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        serve(Integer.parseInt(args[2]));
        FirstByte starts = new FirstByte(Integer.parseInt(args[1]), new File(args[3]));
        Map<String, String> commands = commands();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, String> peer : commands.entrySet()) {
                double millis = starts.measure(peer.getKey(), peer.getValue());
                System.out.println(String.format(Locale.ROOT, "%s\t%.1f", peer.getKey(), millis));
            }
        }
    }

    private static Map<String, String> commands() throws IOException {
        Map<String, String> commands = new LinkedHashMap<>();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] parts = line.split("\t", 2);
            commands.put(parts[0], parts[1]);
        }
        return commands;
    }

    /** A server that answers the first byte of each connection with another. */
    private static void serve(int port) throws IOException {
        ServerSocket listener = new ServerSocket(port, 1_024, InetAddress.getLoopbackAddress());
        Thread server = new Thread(() -> {
            while (true) {
                try {
                    Socket client = listener.accept();
                    Thread answering = new Thread(() -> answer(client));
                    answering.setDaemon(true);
                    answering.start();
                } catch (IOException e) {
                    throw new IllegalStateException("the server fails", e);
                }
            }
        });
        server.setDaemon(true);
        server.start();
    }

    private static void answer(Socket socket) {
        try (Socket client = socket) {
            if (client.getInputStream().read() >= 0) {
                client.getOutputStream().write('!');
                client.getInputStream().read(); // until the client has had enough
            }
        } catch (IOException e) {
            // A health check that has seen enough.
        }
    }

    private double measure(String name, String command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "exec " + command);
        builder.directory(folder).redirectErrorStream(true).redirectOutput(new File(folder, name + ".log"));
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            long next = start;
            while (!answers()) {
                if (!process.isAlive() || System.nanoTime() - start > GIVE_UP_NANOS) {
                    throw new IllegalStateException(name + " does not start: see its log in " + folder);
                }
                next = Math.max(next + TRY_EVERY_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
            return (System.nanoTime() - start) / 1e6;
        } finally {
            end(process);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(balancer);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write('?');
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void end(Process process) throws InterruptedException {
        List<ProcessHandle> children = new ArrayList<>(process.descendants().toList());
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
