package io.apiserverlb.tls;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A TLS server on loopback that asks for a client certificate, takes any, and tells what it saw of each client. */
final class FakeTlsServer implements AutoCloseable {

    /** What one client showed; a failed handshake shows nothing but its failure. */
    record Seen(List<X509Certificate> clientChain, List<String> serverNames, String sessionId, String failure) {}

    private static final char[] NO_PASSWORD = {};

    private final SSLServerSocket listener;
    private final BlockingQueue<Seen> clients = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::serve, "fake-tls-server");

    FakeTlsServer(X509Bundle identity, String protocol) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("server", identity.getKeyPair().getPrivate(), NO_PASSWORD, identity.getCertificatePath());
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
            keyManagers.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), new TrustManager[] {new TakesAnyClient()}, null);
            listener = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            listener.setEnabledProtocols(new String[] {protocol});
            listener.setWantClientAuth(true);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    void demandClientCertificate() {
        listener.setNeedClientAuth(true);
    }

    /** What the next client showed. */
    Seen nextClient() throws InterruptedException {
        Seen seen = clients.poll(10, TimeUnit.SECONDS);
        if (seen == null) {
            throw new AssertionError("No client came");
        }
        return seen;
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (SSLSocket client = (SSLSocket) listener.accept()) {
                client.setSoTimeout(10_000);
                serve(client);
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    clients.add(new Seen(List.of(), List.of(), "", String.valueOf(e.getMessage())));
                }
            }
        }
    }

    private void serve(SSLSocket client) throws IOException {
        client.startHandshake();
        ExtendedSSLSession session = (ExtendedSSLSession) client.getSession();
        List<String> names = session.getRequestedServerNames().stream()
                .map(name -> ((SNIHostName) name).getAsciiName())
                .toList();
        clients.add(new Seen(chain(session), names, HexFormat.of().formatHex(session.getId()), ""));
        client.getOutputStream().write('k');
        client.getOutputStream().flush();
        client.getInputStream().readAllBytes();
    }

    private static List<X509Certificate> chain(ExtendedSSLSession session) {
        try {
            return List.of(session.getPeerCertificates()).stream()
                    .map((Certificate certificate) -> (X509Certificate) certificate)
                    .toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class TakesAnyClient extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
