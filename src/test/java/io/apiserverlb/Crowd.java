package io.apiserverlb;

import io.apiserverlb.testing.Background;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Many clients of a balancer, and the server behind it, which says what it is told; a flood, when it is told 'f'; nothing to a ClientHello. */
final class Crowd implements AutoCloseable {
    static final int FLOOD = 8 * 1024 * 1024;

    private static final int HANDSHAKE = 22;
    private static final byte[] ALL_OF_IT = new byte[FLOOD];
    private static final int TIME_LIMIT_MILLIS = 20_000;

    private final ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    private final Set<Socket> accepted = ConcurrentHashMap.newKeySet();
    private final List<Client> clients = new ArrayList<>();

    Crowd() throws IOException {
        Background.run(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket session = server.accept();
                accepted.add(session);
                Background.run(() -> serve(session));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket session) {
        try (session) {
            InputStream in = session.getInputStream();
            OutputStream out = session.getOutputStream();
            for (int word = in.read(); word >= 0; word = in.read()) {
                if (word == 'f') {
                    out.write(ALL_OF_IT);
                } else if (word == HANDSHAKE) {
                    in.transferTo(OutputStream.nullOutputStream());
                } else {
                    out.write(word);
                }
            }
        } catch (IOException e) {
            // the session has ended
        } finally {
            accepted.remove(session);
        }
    }

    /** How many sessions the server has. */
    int sessions() {
        return accepted.size();
    }

    /** So many more clients that connect, and are connected as soon as the kernel has them. */
    List<Client> join(int port, int count) throws IOException {
        List<Client> joined = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client client = new Client(port);
            clients.add(client);
            joined.add(client);
        }
        return joined;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Client client : clients) {
            client.leave();
        }
        for (Socket session : accepted) {
            session.close();
        }
    }

    /** One of them. */
    static final class Client {
        private final Socket socket = new Socket();

        Client(int port) throws IOException {
            socket.setReceiveBufferSize(8_192);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIME_LIMIT_MILLIS);
            socket.setSoTimeout(TIME_LIMIT_MILLIS);
        }

        void say(int word) throws IOException {
            socket.getOutputStream().write(word);
        }

        void say(byte[] words) throws IOException {
            socket.getOutputStream().write(words);
        }

        int hear() throws IOException {
            return socket.getInputStream().read();
        }

        /** Fails unless it is answered. */
        void ask() {
            try {
                say('a');
                if (hear() != 'a') {
                    throw new IllegalStateException("the session has ended");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** How much came of a flood. */
        int readFlood() throws IOException {
            return socket.getInputStream().readNBytes(FLOOD).length;
        }

        void leave() throws IOException {
            socket.close();
        }
    }
}
