import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections on which a message goes to a {@link Backend} and back, and nothing moves from then on.
 *
 * <p>Reads {@code open PORT COUNT} and {@code close} from its input and says {@code done} when it has done that.
 */
final class Idle {
    private static final int MESSAGE = 1_024;

    private final List<SocketChannel> open = new ArrayList<>();

    public static void main(String[] args) throws IOException {
        Idle idle = new Idle();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("open")) {
                idle.open(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            } else {
                idle.close();
            }
            System.out.println("done");
        }
    }

    private void open(int port, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE);
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            buffer.clear();
            channel.write(buffer);
            buffer.clear();
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException("connection " + i + " was closed");
                }
            }
            open.add(channel);
        }
    }

    private void close() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
    }
}
