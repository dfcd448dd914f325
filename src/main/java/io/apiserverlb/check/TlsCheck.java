package io.apiserverlb.check;

import io.apiserverlb.pool.CheckResult.Code;

/** Connects and shakes hands. */
final class TlsCheck implements Probe {
    private final TlsConnector connector;

    TlsCheck(TlsConnector connector) {
        this.connector = connector;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
    public void begin(Attempt attempt) {
        connector.connect(attempt, (channel, peer) -> {
            attempt.end(new Finding(Code.L6OK, "ok"));
            channel.close();
        });
    }

    @Override
    public void close() {
        // Nothing is kept.
    }
}
