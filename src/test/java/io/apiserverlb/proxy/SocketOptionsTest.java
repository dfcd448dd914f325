package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketOptionsTest {
    private static final int SOL_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_USER_TIMEOUT = 18;

    static {
        Epoll.ensureAvailability(); // loads what sockets are made by
    }

    private final SocketOptions options = new SocketOptions(
            new SocketOptions.Settings(Duration.ofSeconds(11), Duration.ofSeconds(7), 4, Duration.ofSeconds(21)));
    private final LinuxSocket socket = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);

    @AfterEach
    void close() throws IOException {
        socket.close();
    }

    @Test
    void areInheritedByWhatAListenerAccepts() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        options.applyToListener(socket, loopback);
        socket.bind(new InetSocketAddress(loopback, 0));
        socket.listen(1);
        try (java.net.Socket client =
                new java.net.Socket(loopback, socket.localAddress().getPort())) {
            Socket accepted = new Socket(socket.accept(new byte[32]));

            assertThat(client.isConnected()).isTrue();
            assertKeptAlive(accepted);
            assertThat(congestionControl(accepted)).isEqualTo("reno");
            assertThat(accepted.getIntOpt(SOL_TCP, TCP_USER_TIMEOUT)).isZero();
            accepted.close();
        }
    }

    @Test
    void limitTheWaitForWhatAnotherHostAcknowledges() throws Exception {
        String usual = congestionControl(socket);

        options.apply(socket, InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}));

        assertThat(socket.isTcpNoDelay()).isTrue();
        assertThat(socket.getIntOpt(SOL_TCP, TCP_USER_TIMEOUT)).isEqualTo(21_000);
        assertThat(congestionControl(socket)).isEqualTo(usual);
    }

    @Test
    void setNoLimitToThisHost() throws Exception {
        options.apply(socket, InetAddress.getByAddress(new byte[] {127, 1, 2, 3}));

        assertThat(socket.isTcpNoDelay()).isTrue();
        assertThat(socket.getIntOpt(SOL_TCP, TCP_USER_TIMEOUT)).isZero();
    }

    @Test
    void leaveProbesToConnectionsThatLast() throws Exception {
        Newcomers newcomers = new Newcomers();
        options.apply(socket, InetAddress.getLoopbackAddress());
        newcomers.add(socket, options);

        newcomers.tick();
        assertThat(socket.isKeepAlive()).as("a second may not be over").isFalse();
        newcomers.tick();

        assertKeptAlive(socket);
    }

    @Test
    void sparesConnectionsThatDoNotLast() throws Exception {
        Newcomers newcomers = new Newcomers();
        newcomers.add(socket, options);
        socket.close();
        LinuxSocket next = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
        assumeThat(next.intValue()).as("the descriptor").isEqualTo(socket.intValue());

        newcomers.tick();
        newcomers.tick();

        assertThat(next.isKeepAlive()).isFalse();
        next.close();
    }

    @Test
    void areSetOnWhatTheTransportConnects() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EventLoops loops = new EventLoops("lb-test", 1, System::nanoTime)) {
            EventLoop loop = loops.group().next();
            InetSocketAddress target = (InetSocketAddress) server.getLocalSocketAddress();
            Leg leg = loop.submit(() -> loops.transport().connect(loop, target, options))
                    .get();
            Socket connection = new Socket(((EpollLeg) leg).fd().intValue());
            assertThat(connection.isTcpNoDelay()).isTrue();

            await().atMost(Duration.ofSeconds(5)).until(connection::isKeepAlive);

            assertKeptAlive(connection);
        }
    }

    @Test
    void haveThoseProbedAtOnceThatAreToBeProbedOften() throws Exception {
        SocketOptions often = new SocketOptions(
                new SocketOptions.Settings(Duration.ofSeconds(1), Duration.ofSeconds(1), 4, Duration.ZERO));

        new Newcomers().add(socket, often);

        assertThat(socket.isKeepAlive()).isTrue();
        assertThat(socket.getIntOpt(SOL_TCP, TCP_KEEPIDLE)).isEqualTo(1);
    }

    private static void assertKeptAlive(Socket socket) throws IOException {
        assertThat(socket.isTcpNoDelay()).isTrue();
        assertThat(socket.isKeepAlive()).isTrue();
        assertThat(socket.getIntOpt(SOL_TCP, TCP_KEEPIDLE)).isEqualTo(11);
        assertThat(socket.getIntOpt(SOL_TCP, TCP_KEEPINTVL)).isEqualTo(7);
        assertThat(socket.getIntOpt(SOL_TCP, TCP_KEEPCNT)).isEqualTo(4);
    }

    private static String congestionControl(Socket socket) throws IOException {
        ByteBuffer name = ByteBuffer.allocate(16);
        socket.getRawOpt(SOL_TCP, TCP_CONGESTION, name);
        return new String(name.array(), US_ASCII).replace("\0", "");
    }
}
