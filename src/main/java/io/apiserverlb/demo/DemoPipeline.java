package io.apiserverlb.demo;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Sets up each accepted connection: TLS 1.2 or 1.3 without ALPN, HTTP/1.1 with keep-alive. */
final class DemoPipeline extends ChannelInitializer<Channel> {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final DemoServer.Settings settings;
    private final ChannelGroup connections;
    private final DemoTraffic traffic;
    private final Supplier<Behaviour> behaviour;
    private final KubernetesAnswers answers;
    private final SSLContext tls;

    DemoPipeline(
            DemoServer.Settings settings,
            String address,
            ChannelGroup connections,
            DemoTraffic traffic,
            Supplier<Behaviour> behaviour) {
        this.settings = settings;
        this.connections = connections;
        this.traffic = traffic;
        this.behaviour = behaviour;
        this.answers = new KubernetesAnswers(
                settings.number(), address, settings.authority().certificatePem());
        this.tls = settings.authority().sslContext(settings.identity());
    }

    @Override
    protected void initChannel(Channel connection) {
        traffic.connection();
        connections.add(connection);
        connection
                .pipeline()
                .addLast(new Valve(connection))
                .addLast(tlsHandler())
                .addLast(new HttpServerCodec())
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                .addLast(new DemoRequests(settings, answers, traffic, behaviour));
    }

    private SslHandler tlsHandler() {
        SSLEngine engine = tls.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        switch (settings.clientCertificate()) {
            case NONE -> {}
            case OPTIONAL -> engine.setWantClientAuth(true);
            case REQUIRED -> engine.setNeedClientAuth(true);
        }
        SslHandler handler = new SslHandler(engine);
        // A frozen server must not even say goodbye, however long a handshake takes.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }
}
