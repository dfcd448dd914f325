package io.apiserverlb.demo;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/**
 * Lets no byte in or out of a connection while it is shut. Used on the connection's event loop only.
 *
 * <p>It is first in the pipeline: auto-read alone would not do, since the TLS handler asks for more on its own while it
 * shakes hands.
 */
final class Valve extends ChannelDuplexHandler {
    private final Channel connection;
    private boolean flowing = true;

    Valve(Channel connection) {
        this.connection = connection;
    }

    static Valve of(Channel connection) {
        return connection.pipeline().get(Valve.class);
    }

    void turn(boolean flowing) {
        this.flowing = flowing;
        connection.config().setAutoRead(flowing);
        if (flowing) {
            connection.flush();
        }
    }

    /** Ends the connection with RST, without a TLS goodbye. */
    @SuppressWarnings("FutureReturnValueIgnored") // closing a closed connection is no failure
    void reset() {
        connection.config().setOption(ChannelOption.SO_LINGER, 0);
        connection.pipeline().context(this).close();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (flowing) {
            ctx.read();
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (flowing) {
            ctx.flush();
        }
    }
}
