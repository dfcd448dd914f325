package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** One TLS connection of a probe, which asks {@code /version} as often as it is told; confined to one event loop. */
final class TlsClient {
    /** What a probe hears of its connection; one of the last two comes last, once. */
    interface Listener {
        void reached(Request.Reached step);

        /** Hands are shaken with the server of this name; or once more, an answer is complete. */
        void ready(TlsClient client);

        void ended(TlsClient client, String why);
    }

    /** Threads that do nothing but ask, so that nothing but the machine delays them. */
    static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(4, new DefaultThreadFactory("probe", true), NioIoHandler.newFactory());

    private static final SslContext TLS = context();
    private static final ByteBuf REQUEST = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("GET /version HTTP/1.1\r\nHost: kubernetes\r\n\r\n", US_ASCII));
    private static final int LONGEST_REASON = 120;
    private static final String NAME_PREFIX = "server-";

    private final Listener listener;
    private final Channel channel;
    private @Nullable String server;
    private boolean ended;

    private TlsClient(EventLoopGroup loop, InetSocketAddress to, Listener listener) {
        this.listener = listener;
        this.channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        SslHandler tls =
                                TLS.newHandler(connection.alloc()); // without the peer's address: nothing is resumed
                        tls.setHandshakeTimeoutMillis(0); // whoever waits decides how long
                        connection.pipeline().addLast(new FirstByte(), tls, new Answers());
                    }
                })
                .connect(to)
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        listener.reached(Request.Reached.CONNECTED);
                    } else {
                        end(String.valueOf(connected.cause().getMessage()));
                    }
                })
                .channel();
    }

    /** By native code where there is some: Java's takes ten times as long for a handshake, and the processors are needed elsewhere. */
    private static SslContext context() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                    .trustManager(Authorities.OURS.certificate())
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Begins to connect. */
    static TlsClient connect(EventLoopGroup loop, InetSocketAddress to, Listener listener) {
        return new TlsClient(loop, to, listener);
    }

    void ask() {
        channel.writeAndFlush(REQUEST.duplicate());
    }

    @Nullable
    String server() {
        return server;
    }

    /** Ends it without telling the listener. */
    void close() {
        ended = true;
        channel.close();
    }

    private void end(String why) {
        if (!ended) {
            ended = true;
            listener.ended(this, why.substring(0, Math.min(LONGEST_REASON, why.length())));
            channel.close();
        }
    }

    private final class FirstByte extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            listener.reached(Request.Reached.GREETED);
            context.pipeline().remove(this);
            context.fireChannelRead(message);
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            if (ended) {
                return;
            }
            if (bytes.toString(US_ASCII).startsWith("HTTP/1.1 200 ")) {
                listener.reached(Request.Reached.ANSWERED);
                listener.ready(TlsClient.this);
            } else {
                end("a strange answer: " + bytes.toString(US_ASCII));
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                server = name(context.pipeline().get(SslHandler.class).engine());
                listener.reached(Request.Reached.SENT);
                listener.ready(TlsClient.this);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end(String.valueOf(cause.getMessage()));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end("the connection was closed");
        }
    }

    private static String name(SSLEngine engine) {
        try {
            X509Certificate certificate = (X509Certificate) engine.getSession().getPeerCertificates()[0];
            for (List<?> alternative : certificate.getSubjectAlternativeNames()) {
                if (String.valueOf(alternative.get(1)).startsWith(NAME_PREFIX)) {
                    return String.valueOf(alternative.get(1));
                }
            }
        } catch (CertificateParsingException | SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
        return "a stranger";
    }
}
