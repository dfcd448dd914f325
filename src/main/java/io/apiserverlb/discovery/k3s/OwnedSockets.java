package io.apiserverlb.discovery.k3s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * Puts TLS on sockets, and can close them all at any time. Thread-safe.
 *
 * <p>It is the TCP sockets that are closed: closing TLS may have to wait for the other side.
 */
final class OwnedSockets extends SSLSocketFactory implements AutoCloseable {
    private final SSLSocketFactory tls;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean closed;

    OwnedSockets(SSLSocketFactory tls) {
        this.tls = tls;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        own(socket);
        return tls.createSocket(socket, host, port, autoClose);
    }

    private synchronized void own(Socket socket) throws IOException {
        if (closed) {
            socket.close();
            throw new SocketException("Not wanted any more");
        }
        sockets.add(socket);
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    // Sockets that connect themselves would not be known before they are connected.

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }
}
