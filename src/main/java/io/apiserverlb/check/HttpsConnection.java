package io.apiserverlb.check;

import io.apiserverlb.tls.TlsPeer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side of one connection, on which a server is asked one thing at a time. Belongs to the event loop.
 *
 * <p>Closes the connection after anything that is not a complete answer, and when the server wishes so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
final class HttpsConnection extends SimpleChannelInboundHandler<FullHttpResponse> {
    private static final String USER_AGENT = "apiserver-lb";

    private final Channel channel;
    private final String host;
    private final TlsPeer peer;
    private final AnswerLimit limit = new AnswerLimit();
    private @Nullable Promise<Answer> asked;

    /**
     * Takes over a connection after its TLS handshake.
     *
     * @param host for the header of that name
     * @param peer tells what to authenticate with, if the server may know it
     */
    HttpsConnection(Channel channel, String host, TlsPeer peer) {
        this.channel = channel;
        this.host = host;
        this.peer = peer;
        HttpClientCodec codec = new HttpClientCodec(
                HttpObjectDecoder.DEFAULT_MAX_INITIAL_LINE_LENGTH,
                AnswerLimit.MAX_BYTES,
                HttpObjectDecoder.DEFAULT_MAX_CHUNK_SIZE);
        channel.pipeline()
                .addBefore(TlsConnector.LAST, null, limit)
                .addBefore(TlsConnector.LAST, null, codec)
                .addBefore(TlsConnector.LAST, null, new HttpObjectAggregator(AnswerLimit.MAX_BYTES))
                .addBefore(TlsConnector.LAST, null, this);
    }

    Channel channel() {
        return channel;
    }

    TlsPeer peer() {
        return peer;
    }

    /** Whether something can be asked now. */
    boolean isIdle() {
        return channel.isActive() && asked == null;
    }

    /** Whether a part of the latest answer has come. */
    boolean answerHasBegun() {
        return limit.hasBegun();
    }

    /** Asks an API server; to be called only while it is idle. */
    Future<Answer> ask(String path) {
        return ask(path, peer.authorization());
    }

    /** Asks a supervisor; to be called only while it is idle. */
    Future<Answer> askSupervisor(String path) {
        return ask(path, peer.supervisorAuthorization());
    }

    private Future<Answer> ask(String path, Optional<String> authorization) {
        Promise<Answer> promise = channel.eventLoop().newPromise();
        asked = promise;
        limit.open();
        channel.writeAndFlush(request(path, authorization)).addListener(written -> {
            if (!written.isSuccess()) {
                fail(written.cause());
            }
        });
        return promise;
    }

    private FullHttpRequest request(String path, Optional<String> authorization) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.USER_AGENT, USER_AGENT)
                .set(HttpHeaderNames.ACCEPT, "*/*");
        authorization.ifPresent(text -> request.headers().set(HttpHeaderNames.AUTHORIZATION, text));
        return request;
    }

    void close() {
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(response.decoderResult().cause());
        } else if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            fail(new DecoderException("what follows is no HTTP, though nobody has asked for that"));
        } else if (asked != null && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            Promise<Answer> promise = asked;
            asked = null;
            limit.shut();
            if (!HttpUtil.isKeepAlive(response)) {
                channel.close();
            }
            promise.setSuccess(new Answer(response.status(), response.content().toString(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new ClosedChannelException());
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable cause) {
        Promise<Answer> promise = asked;
        asked = null;
        channel.close();
        if (promise != null) {
            promise.setFailure(cause);
        }
    }
}
