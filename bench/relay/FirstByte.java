import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tries to get a byte through to a {@link Backend} and back, every two milliseconds until it works.
 *
 * <p>Reads {@code wait PORT} from its input, says {@code trying}, and then at which moment it worked, in microseconds of the epoch.
 */
final class FirstByte {
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final int ANSWER_MILLIS = 200;

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int port = Integer.parseInt(line.split(" ")[1]);
            System.out.println("trying");
            while (!passes(port)) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            System.out.println(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        }
    }

    private static boolean passes(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(new InetSocketAddress("127.0.0.1", port), ANSWER_MILLIS);
            socket.getOutputStream().write('x');
            return socket.getInputStream().read() == 'x';
        } catch (IOException e) {
            return false;
        }
    }
}
