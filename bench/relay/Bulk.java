import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Source and sink of many bytes on one connection, in one direction.
 *
 * <p>{@code serve PORT} serves one connection after the other on all addresses and says {@code ready}. {@code client} reads lines
 * {@code download|upload HOST PORT BYTES} from its input and says how many {@code seconds} each took, until the last byte was there.
 */
final class Bulk {
    private static final int PIECE = 256 << 10;
    private static final byte DOWNLOAD = 'd';

    private final ByteBuffer head = ByteBuffer.allocateDirect(1 + Long.BYTES);
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    public static void main(String[] args) throws IOException {
        if (args[0].equals("serve")) {
            new Bulk().serve(Integer.parseInt(args[1]));
        } else {
            new Bulk().obey();
        }
    }

    private void serve(int port) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(port));
            System.out.println("ready");
            while (true) {
                try (SocketChannel channel = listener.accept()) {
                    answer(channel);
                } catch (IOException e) {
                    // a check's connection, which says nothing
                }
            }
        }
    }

    private void answer(SocketChannel channel) throws IOException {
        fill(channel, head.clear());
        boolean download = head.flip().get() == DOWNLOAD;
        long bytes = head.getLong();
        if (download) {
            send(channel, bytes);
        } else {
            receive(channel, bytes);
            send(channel, 1); // so that the client knows
        }
    }

    private void obey() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            boolean download = words[0].equals("download");
            InetSocketAddress target = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
            double seconds = move(target, download, Long.parseLong(words[3])) / 1e9;
            System.out.printf(Locale.ROOT, "seconds=%.3f%n", seconds);
        }
    }

    private long move(InetSocketAddress target, boolean download, long bytes) throws IOException {
        long start = System.nanoTime();
        try (SocketChannel channel = SocketChannel.open(target)) {
            head.clear().put(download ? DOWNLOAD : (byte) 'u').putLong(bytes).flip();
            channel.write(head);
            if (download) {
                receive(channel, bytes);
            } else {
                send(channel, bytes);
                receive(channel, 1);
            }
            return System.nanoTime() - start;
        }
    }

    private void send(SocketChannel channel, long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            piece.clear().limit((int) Math.min(left, PIECE));
            while (piece.hasRemaining()) {
                left -= channel.write(piece);
            }
        }
    }

    private void receive(SocketChannel channel, long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            int read = channel.read(piece.clear().limit((int) Math.min(left, PIECE)));
            if (read < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            left -= read;
        }
    }

    private static void fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("closed");
            }
        }
    }
}
