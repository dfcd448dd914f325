package io.apiserverlb.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.InetAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.HashMap;
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

    private final Duration userTimeout;
    private final Map<ChannelOption<?>, Object> toThisHost;
    private final Map<ChannelOption<?>, Object> toOthers;

    /** The options, for sockets of these loops. */
    public SocketOptions(Settings settings, EventLoops loops) {
        userTimeout = settings.userTimeout();
        Map<ChannelOption<?>, Object> options = new HashMap<>();
        options.put(ChannelOption.TCP_NODELAY, true);
        options.put(ChannelOption.SO_KEEPALIVE, true);
        options.put(loops.epoll() ? EpollChannelOption.TCP_KEEPIDLE : nio(ExtendedSocketOptions.TCP_KEEPIDLE), (int)
                settings.keepaliveIdle().toSeconds());
        options.put(
                loops.epoll() ? EpollChannelOption.TCP_KEEPINTVL : nio(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                (int) settings.keepaliveInterval().toSeconds());
        options.put(
                loops.epoll() ? EpollChannelOption.TCP_KEEPCNT : nio(ExtendedSocketOptions.TCP_KEEPCOUNT),
                settings.keepaliveCount());
        toThisHost = Map.copyOf(options);
        if (loops.epoll()) {
            options.put(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                    settings.userTimeout().toMillis());
        }
        toOthers = Map.copyOf(options);
    }

    Duration userTimeout() {
        return userTimeout;
    }

    private static ChannelOption<Integer> nio(SocketOption<Integer> option) {
        return NioChannelOption.of(option);
    }

    /** Sets the options of a connection that is yet to be made. */
    @SuppressWarnings("unchecked") // each value was put in with its own option
    Bootstrap apply(Bootstrap bootstrap, InetAddress peer) {
        forPeer(peer).forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        return bootstrap;
    }

    /**
     * Sets the options of a connection.
     *
     * @throws io.netty.channel.ChannelException if it is broken already
     */
    void apply(SocketChannel channel, InetAddress peer) {
        channel.config().setOptions(forPeer(peer));
    }

    /** A peer on a loopback address cannot vanish without the kernel's knowing: only others need a time limit for what they acknowledge. */
    private Map<ChannelOption<?>, Object> forPeer(InetAddress peer) {
        return peer.isLoopbackAddress() ? toThisHost : toOthers;
    }
}
