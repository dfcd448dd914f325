package io.apiserverlb.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** Runs an engine over a blocking socket: handshake, one byte from the server, close. */
final class EngineClient {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final Socket socket;
    private final ByteBuffer received;
    private final ByteBuffer content;

    private EngineClient(SSLEngine engine, Socket socket) {
        this.engine = engine;
        this.socket = socket;
        this.received = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.content = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        received.flip();
    }

    /** Connects to a server on loopback and hears its byte, with which a TLS 1.3 server's ticket has arrived as well. */
    static void exchange(TlsPeer peer, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            EngineClient client = new EngineClient(peer.engine(), socket);
            try {
                client.hearOneByte();
            } catch (SSLException e) {
                client.flush();
                awaitClose(socket);
                throw e;
            }
            peer.engine().closeOutbound();
            client.flush();
        }
    }

    private void hearOneByte() throws IOException {
        engine.beginHandshake();
        while (content.position() == 0) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> wrap();
                default -> unwrap();
            }
        }
    }

    private void unwrap() throws IOException {
        if (engine.unwrap(received, content).getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            received.compact();
            InputStream in = socket.getInputStream();
            int count = in.read(received.array(), received.position(), received.remaining());
            if (count < 0) {
                throw new IOException("The server closed the connection");
            }
            received.position(received.position() + count).flip();
        }
    }

    private void wrap() throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(NOTHING, packet);
        socket.getOutputStream().write(packet.array(), 0, packet.position());
    }

    /** Closing at once could cut off the server before it has read the alert. */
    private static void awaitClose(Socket socket) {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A reset closes as well.
        }
    }

    /** An alert or close_notify that is left to be sent. */
    private void flush() throws IOException {
        while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
            wrap();
        }
    }
}
