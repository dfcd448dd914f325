package io.apiserverlb.api;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.SessionView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** A data path with four listeners and twelve sessions, which lets in all clients but two. */
final class FakeSessions implements SessionView {
    static final String REFUSED = "198.51.100.66";
    static final String WAITING = "198.51.100.67";

    @Override
    public List<InetSocketAddress> listeners() {
        return List.of(
                listener(6444, 127, 0, 0, 1),
                listener(6444, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
                listener(6445, 0, 0, 0, 0),
                listener(6445, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    private static InetSocketAddress listener(int port, int... ip) {
        byte[] bytes = new byte[ip.length];
        for (int i = 0; i < ip.length; i++) {
            bytes[i] = (byte) ip[i];
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int active() {
        return 12;
    }

    @Override
    public int limit() {
        return 10_000;
    }

    @Override
    public Admittance admittance(InetAddress client) {
        return switch (client.getHostAddress()) {
            case REFUSED -> Admittance.refused("it is on lb.clients.deny");
            case WAITING -> Admittance.waits("the limit is reached");
            default -> Admittance.ADMITTED;
        };
    }
}
