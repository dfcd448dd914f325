package io.apiserverlb.check;

import io.apiserverlb.pool.CheckResult.Code;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;

/** Connects, which is all. */
final class TcpCheck implements Probe {
    private final Connector connector;

    TcpCheck(Connector connector) {
        this.connector = connector;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
    public void begin(Attempt attempt) {
        connector.connect(attempt, new ChannelInboundHandlerAdapter(), channel -> {
            attempt.end(new Finding(Code.L4OK, "ok"));
            // With FIN each check would leave a port in TIME_WAIT for a minute.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        });
    }

    @Override
    public void close() {
        // Nothing is kept.
    }
}
