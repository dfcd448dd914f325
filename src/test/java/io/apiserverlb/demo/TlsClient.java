package io.apiserverlb.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client that trusts the demo's authority and nobody else. */
final class TlsClient {
    /** Longer than anything here takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SSLContext tls;
    private final HttpClient http;

    TlsClient(SSLContext tls) {
        this.tls = tls;
        this.http = HttpClient.newBuilder().sslContext(tls).build();
    }

    HttpResponse<String> get(DemoServer server, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://" + server.address() + path))
                .timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** A TLS connection that has shaken hands. */
    SSLSocket connect(DemoServer server) throws IOException {
        SSLSocket socket = layer(connectTcp(server));
        socket.startHandshake();
        return socket;
    }

    /** TLS over a connection; the handshake is still to come. */
    SSLSocket layer(Socket tcp) throws IOException {
        return (SSLSocket) tls.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true);
    }

    static Socket connectTcp(DemoServer server) throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }
}
