package io.apiserverlb.proxy;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Sockets of Linux itself, without channels. */
final class EpollTransport implements Transport {
    private final EventLoopGroup group;
    private final Map<EventExecutor, EpollLoop> loops = new HashMap<>();

    EpollTransport(EventLoopGroup group) {
        this.group = group;
        List<EventExecutor> all = new ArrayList<>();
        group.forEach(all::add);
        long many = Blocks.many(all.size());
        all.forEach(loop -> loops.put(loop, new EpollLoop((IoEventLoop) loop, new Blocks(many))));
    }

    /** Without SO_REUSEPORT: a second balancer on the same port is an error, not one that silently takes half of the clients. */
    @Override
    public Listener listen(EventLoop loop, InetSocketAddress address, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException {
        LinuxSocket socket = socket(address.getAddress());
        try {
            socket.setReuseAddress(true);
            options.applyToListener(socket, address.getAddress());
            socket.bind(address);
            socket.listen(BACKLOG);
            return open(loop, socket, options, arrivals);
        } catch (IOException | RuntimeException e) {
            throw given(socket, e);
        }
    }

    @Override
    public Listener adopt(EventLoop loop, int descriptor, SocketOptions options, Listener.Arrivals arrivals)
            throws IOException {
        Socket socket = new Socket(descriptor);
        try {
            options.applyToListener(socket, socket.localAddress().getAddress());
            return open(loop, socket, options, arrivals);
        } catch (IOException | RuntimeException e) {
            throw given(socket, e);
        }
    }

    private Listener open(EventLoop loop, Socket socket, SocketOptions options, Listener.Arrivals arrivals) {
        EpollListener listener =
                new EpollListener(socket, (IoEventLoop) loop, () -> epoll(group.next()), options, arrivals);
        listener.open();
        return listener;
    }

    /** What went wrong, and the socket given up; of options and registrations Netty tells by unchecked exceptions. */
    private static IOException given(Socket socket, Exception cause) throws IOException {
        socket.close();
        return cause instanceof IOException plain ? plain : new IOException(cause.getMessage(), cause);
    }

    @Override
    public Leg connect(EventLoop loop, InetSocketAddress target, SocketOptions options) throws IOException {
        LinuxSocket socket = socket(target.getAddress());
        EpollLoop epoll = epoll(loop);
        try {
            options.apply(socket, target.getAddress());
            epoll.newcomers().add(socket, options);
        } catch (IOException | RuntimeException e) {
            throw given(socket, e);
        }
        return EpollLeg.connecting(epoll, socket, target);
    }

    @Override
    public Blocks blocks(EventLoop loop) {
        return epoll(loop).blocks();
    }

    @Override
    public void close() {
        loops.values().forEach(EpollLoop::close);
    }

    private EpollLoop epoll(EventExecutor loop) {
        return Objects.requireNonNull(loops.get(loop));
    }

    private static LinuxSocket socket(InetAddress address) throws IOException {
        try {
            return LinuxSocket.newSocketStream(
                    address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
        } catch (ChannelException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }
}
