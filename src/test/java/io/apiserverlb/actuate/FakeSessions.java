package io.apiserverlb.actuate;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.SessionView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A data path that is as a test says. */
final class FakeSessions implements SessionView {
    volatile boolean listening = true;
    volatile int active;

    @Override
    public List<InetSocketAddress> listeners() {
        return listening ? List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 6444)) : List.of();
    }

    @Override
    public int active() {
        return active;
    }

    @Override
    public int limit() {
        return 10_000;
    }

    @Override
    public Admittance admittance(InetAddress client) {
        return Admittance.ADMITTED;
    }
}
