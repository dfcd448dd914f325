package io.apiserverlb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/** The TCP options of both legs of a session. */
public final class SocketOptions {
    /**
     * How a vanished peer is noticed; whole seconds, at least one, for the first two.
     *
     * @param keepaliveIdle TCP_KEEPIDLE: silence before the first probe
     * @param keepaliveInterval TCP_KEEPINTVL: time between probes
     * @param keepaliveCount TCP_KEEPCNT: unanswered probes that end a session
     * @param userTimeout TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged; 0: as long as the kernel tries
     */
    public record Settings(
            Duration keepaliveIdle, Duration keepaliveInterval, int keepaliveCount, Duration userTimeout) {
        private static final int MAX_COUNT = 127;

        public Settings {
            if (keepaliveIdle.toSeconds() < 1 || keepaliveInterval.toSeconds() < 1) {
                throw new IllegalArgumentException("keep-alive idle time and interval must be at least 1s");
            }
            if (keepaliveCount < 1 || keepaliveCount > MAX_COUNT) {
                throw new IllegalArgumentException("the keep-alive count must be between 1 and " + MAX_COUNT);
            }
        }
    }

    static final int SOL_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int TCP_CONGESTION = 13;
    private static final byte[] RENO = "reno".getBytes(StandardCharsets.US_ASCII);

    private final Settings settings;

    /** The options, for any transport. */
    public SocketOptions(Settings settings) {
        this.settings = settings;
    }

    Duration userTimeout() {
        return settings.userTimeout();
    }

    /** Sets the options of a connection that is yet to be made, but for {@link #applyToLasting those} that it needs only if it lasts. */
    void apply(Socket socket, InetAddress peer) throws IOException {
        applyToAll(socket, peer);
        if (needsUserTimeout(peer)) {
            setUserTimeout(socket, (int) userTimeout().toMillis());
        }
    }

    /** Whether probes are so frequent that a connection must not wait for them until it has lasted for a time. */
    boolean areUrgent(Duration time) {
        return settings.keepaliveIdle().compareTo(time) < 0;
    }

    /** Sets the options of a connection that has lasted: the kernel counts from the last bytes, so that nothing is late. */
    void applyToLasting(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        socket.setIntOpt(SOL_TCP, TCP_KEEPIDLE, (int) settings.keepaliveIdle().toSeconds());
        socket.setIntOpt(
                SOL_TCP, TCP_KEEPINTVL, (int) settings.keepaliveInterval().toSeconds());
        socket.setIntOpt(SOL_TCP, TCP_KEEPCNT, settings.keepaliveCount());
    }

    static void setUserTimeout(Socket socket, int millis) throws IOException {
        socket.setIntOpt(SOL_TCP, TCP_USER_TIMEOUT, millis);
    }

    /** Sets those options of all connections that it will accept, which inherit them, that they have in common. */
    void applyToListener(Socket socket, InetAddress own) throws IOException {
        applyToAll(socket, own);
        applyToLasting(socket);
    }

    private static void applyToAll(Socket socket, InetAddress address) throws IOException {
        if (address.isLoopbackAddress()) {
            withoutPacing(socket);
        }
        socket.setTcpNoDelay(true);
    }

    /**
     * What never leaves this host has no network to be gentle to: BBR, the default of many hosts, would only set a timer for each segment.
     * Reno is in every kernel and usually allowed to everybody: TCP_CONGESTION of tcp(7).
     */
    private static void withoutPacing(Socket socket) {
        try {
            socket.setRawOpt(SOL_TCP, TCP_CONGESTION, ByteBuffer.wrap(RENO));
        } catch (IOException | ChannelException e) { // not allowed here, after all
            // It works as well, only not as cheaply.
        }
    }

    /** Sets the others. */
    void applyToAccepted(Leg client) {
        if (needsUserTimeout(client.remote().getAddress())) {
            client.userTimeout((int) userTimeout().toMillis());
        }
    }

    /** A peer on a loopback address cannot vanish without the kernel's knowing: only others need a time limit for what they acknowledge. */
    private boolean needsUserTimeout(InetAddress peer) {
        return !userTimeout().isZero() && !peer.isLoopbackAddress();
    }

    /** Sets what the JDK can set of a connection that is yet to be made. */
    @SuppressWarnings("unchecked") // each value was put in with its own option
    void apply(Bootstrap bootstrap) {
        ofChannels().forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
    }

    /**
     * Sets what the JDK can set of a connection.
     *
     * @throws io.netty.channel.ChannelException if it is broken already
     */
    void apply(SocketChannel channel) {
        channel.config().setOptions(ofChannels());
    }

    private Map<ChannelOption<?>, Object> ofChannels() {
        return Map.of(
                ChannelOption.TCP_NODELAY,
                true,
                ChannelOption.SO_KEEPALIVE,
                true,
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                (int) settings.keepaliveIdle().toSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                (int) settings.keepaliveInterval().toSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
                settings.keepaliveCount());
    }
}
