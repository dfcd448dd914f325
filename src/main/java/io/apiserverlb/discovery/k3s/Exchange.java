package io.apiserverlb.discovery.k3s;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One GET request and its answer, on a connection that is closed at the end of it.
 *
 * <p>By the older of the JDK's two clients: the newer one, of {@code java.net.http}, leaves a connection open for good when the head of an answer
 * is too large or is no HTTP, keeps threads that cannot be ended before JDK 21, and loses the reason why it could not connect. Of this one the
 * sockets can be had, and what is closed is closed.
 */
final class Exchange implements Callable<HttpAnswer>, AutoCloseable {
    /** The body is larger than it may be. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final int MAX_BYTES = 1 << 20;
    private static final int OK = 200;
    /** Knows no passwords: without it the one of the whole process would be asked. */
    private static final Authenticator NOBODY = new Authenticator() {};

    private final OwnedSockets sockets;
    private final URI uri;
    private final @Nullable String authorization;
    private final Duration connectTimeout;

    Exchange(SSLContext trust, URI uri, @Nullable String authorization, Duration connectTimeout) {
        this.sockets = new OwnedSockets(trust.getSocketFactory());
        this.uri = uri;
        this.authorization = authorization;
        this.connectTimeout = connectTimeout;
    }

    /** Blocks until the answer is there or this is closed. */
    @Override
    public HttpAnswer call() throws IOException {
        try (sockets) {
            HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setSSLSocketFactory(sockets);
            // What the certificate has to cover is for the trust manager to say, and it has had its say by then.
            connection.setHostnameVerifier((host, session) -> true);
            connection.setAuthenticator(NOBODY);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout((int) connectTimeout.toMillis());
            connection.setRequestProperty("Connection", "close");
            connection.setRequestProperty("Accept", "*/*");
            connection.setRequestProperty("User-Agent", "apiserver-lb");
            if (authorization != null) {
                connection.setRequestProperty("Authorization", authorization);
            }
            int status = connection.getResponseCode();
            if (status < 0) {
                throw new ProtocolException("No status line");
            }
            byte[] body = status == OK ? body(connection) : new byte[0];
            return new HttpAnswer(status, body, connection.getHeaderField("Retry-After"));
        }
    }

    private static byte[] body(HttpsURLConnection connection) throws IOException {
        try (InputStream in = connection.getInputStream()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TooLargeException();
            }
            if (bytes.length < connection.getContentLengthLong()) {
                // Which this client takes for the end unless it means to keep the connection.
                throw new EOFException("The answer is not whole");
            }
            return bytes;
        }
    }

    /** Closes the connection, and the one that may be about to be opened; may be called by any thread. */
    @Override
    public void close() {
        sockets.close();
    }
}
