package io.apiserverlb.check;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.tls.ClientTls;
import io.apiserverlb.tls.ServerIdentity;
import io.apiserverlb.tls.TlsPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/** Connects to one server with TLS, and tells the attempt what certificate it showed. Belongs to the event loop. */
final class TlsConnector {
    /** Name of the last handler in the pipeline, which takes care of what no one else does. */
    static final String LAST = "last";

    private final Connector connector;
    private final ClientTls tls;
    private final Executor files;
    private final EventLoop loop;
    private final ServerAddress address;

    TlsConnector(Connector connector, ClientTls tls, Executor files, EventLoop loop, ServerAddress address) {
        this.connector = connector;
        this.tls = tls;
        this.files = files;
        this.loop = loop;
        this.address = address;
    }

    /** Whether a server that was connected to before would be verified and told no other things than now. */
    boolean isUpToDate(TlsPeer peer) {
        return tls.isUpToDate(peer);
    }

    /** Goes on with {@code connected} after the handshake, or ends the attempt. */
    @SuppressWarnings("FutureReturnValueIgnored") // the last step handles every failure
    void connect(Attempt attempt, BiConsumer<Channel, TlsPeer> connected) {
        attempt.enter(Phase.PREPARE);
        String hostname = attempt.server().place().hostname();
        try {
            CompletableFuture.supplyAsync(
                            () -> hostname == null ? tls.open(address.host()) : tls.open(hostname, address.host()),
                            files)
                    .whenCompleteAsync(
                            (peer, failure) -> {
                                if (failure != null) {
                                    attempt.end(Failure.of(failure, Phase.PREPARE));
                                } else if (!attempt.isOver()) {
                                    connect(attempt, peer, connected);
                                }
                            },
                            loop);
        } catch (RejectedExecutionException e) {
            attempt.end(Failure.of(e, Phase.PREPARE));
        }
    }

    private void connect(Attempt attempt, TlsPeer peer, BiConsumer<Channel, TlsPeer> connected) {
        SslHandler ssl = new SslHandler(peer.engine());
        // The attempt has its own time limit.
        ssl.setHandshakeTimeoutMillis(0);
        ssl.handshakeFuture().addListener(done -> shaken(attempt, peer, done, connected));
        connector.connect(
                attempt,
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(ssl).addLast(LAST, new Troubles(attempt, peer));
                    }
                },
                channel -> attempt.enter(Phase.HANDSHAKE));
    }

    private static void shaken(
            Attempt attempt, TlsPeer peer, Future<? super Channel> done, BiConsumer<Channel, TlsPeer> connected) {
        if (!done.isSuccess()) {
            fail(attempt, peer, done.cause());
        } else if (!attempt.isOver()) {
            ServerIdentity identity = peer.identity();
            if (identity != null) {
                attempt.saw(certificate(identity));
            }
            connected.accept((Channel) done.getNow(), peer);
        }
    }

    /** A certificate counts only after the handshake, which proves whose it is; but one that ended the handshake is the reason. */
    private static void fail(Attempt attempt, TlsPeer peer, Throwable cause) {
        ServerIdentity identity = peer.identity();
        if (identity != null && identity.verdict().refused()) {
            attempt.saw(certificate(identity));
            attempt.end(new Finding(Code.L6RSP, Objects.requireNonNullElse(identity.reason(), "refused")));
        } else {
            attempt.end(Failure.of(cause, attempt.phase()));
        }
    }

    private static Certificate certificate(ServerIdentity shown) {
        Certificate.Identity identity = switch (shown.verdict()) {
            case UNVERIFIED -> Certificate.Identity.UNVERIFIED;
            case VERIFIED -> Certificate.Identity.VERIFIED;
            case EXPIRED, NOT_YET_VALID -> Certificate.Identity.OUT_OF_DATE;
            case WRONG_ISSUER, WRONG_NAME -> Certificate.Identity.REFUSED;
        };
        return new Certificate(
                identity, shown.reason(), shown.notBefore(), shown.notAfter(), shown.subject(), names(shown));
    }

    /** IP addresses as they stand everywhere else, IPv6 compressed. */
    private static List<String> names(ServerIdentity shown) {
        return shown.names().stream()
                .map(name -> name.indexOf(':') < 0 ? name : new ServerAddress(name, 1).host())
                .toList();
    }

    /** Ends the attempt with the first thing that goes wrong on its connection and that nobody before it took care of. */
    private static final class Troubles extends ChannelInboundHandlerAdapter {
        private final Attempt attempt;
        private final TlsPeer peer;

        Troubles(Attempt attempt, TlsPeer peer) {
            this.attempt = attempt;
            this.peer = peer;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(attempt, peer, cause);
            ctx.close();
        }
    }
}
