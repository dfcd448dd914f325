package io.apiserverlb.demo;

import io.apiserverlb.demo.DemoServer.Mode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one connection, in their order, at once or late as the server's behaviour demands. */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be written or closed has gone already
final class DemoRequests extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final DemoServer.Settings settings;
    private final KubernetesAnswers answers;
    private final DemoTraffic traffic;
    private final Supplier<Behaviour> behaviour;
    private final Queue<KubernetesAnswers.Answer> pending = new ArrayDeque<>();

    DemoRequests(
            DemoServer.Settings settings,
            KubernetesAnswers answers,
            DemoTraffic traffic,
            Supplier<Behaviour> behaviour) {
        this.settings = settings;
        this.answers = answers;
        this.traffic = traffic;
        this.behaviour = behaviour;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        Behaviour current = behaviour.get();
        pending.add(answer(ctx, request, current.mode() != Mode.RED));
        Duration delay = current.delay();
        if (delay.isZero()) {
            sendNext(ctx);
        } else {
            ctx.executor().schedule(() -> sendNext(ctx), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pending.clear();
        ctx.fireChannelInactive();
    }

    /** Resets and refused handshakes are everyday life here, and the client knows the reason better. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private KubernetesAnswers.Answer answer(ChannelHandlerContext ctx, FullHttpRequest request, boolean ready) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        boolean certificate = presentedCertificate(ctx);
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        traffic.request(uri.rawPath(), certificate, authorization != null);
        boolean known = certificate || settings.bearerToken().isEmpty() || isToken(authorization);
        return answers.to(uri.rawPath(), uri.parameters().containsKey("verbose"), ready, known);
    }

    /** Each request causes one call, so the answers stay in order even if the delay changes in between. */
    private void sendNext(ChannelHandlerContext ctx) {
        KubernetesAnswers.Answer answer = pending.poll();
        if (answer == null) {
            return; // the connection has gone
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Demo-Server", settings.number());
        ctx.writeAndFlush(response);
    }

    private boolean isToken(@Nullable String authorization) {
        return authorization != null
                && MessageDigest.isEqual(
                        authorization.getBytes(StandardCharsets.UTF_8),
                        ("Bearer " + settings.bearerToken().orElseThrow()).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean presentedCertificate(ChannelHandlerContext ctx) {
        try {
            return ctx.pipeline().get(SslHandler.class).engine().getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }
}
