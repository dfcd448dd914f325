package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.proxy.ListenAddress;
import io.apiserverlb.testing.HeldPort;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InheritedSocketsTest {
    private final InheritedSockets inherited = new InheritedSockets();
    private final HeldPort port = new HeldPort();
    private Socket socket;
    private InetSocketAddress address;

    @BeforeEach
    void listen() throws IOException {
        Epoll.ensureAvailability();
        socket = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
        socket.setReuseAddress(true);
        socket.bind(port.socketAddress());
        socket.listen(1);
        address = socket.localAddress();
        inherited.add(List.of(socket.intValue()));
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        port.close();
    }

    private static ListenAddress at(InetSocketAddress address) {
        return ListenAddress.parse("127.0.0.1:" + address.getPort());
    }

    @Test
    void givesEachToTheFirstThatListensThere() {
        assertThat(inherited.take(new InetSocketAddress("127.0.0.2", address.getPort())))
                .isEmpty();
        assertThat(inherited.take(address)).hasValue(socket.intValue());
        assertThat(inherited.take(address)).isEmpty();
        assertThat(inherited.isEmpty()).isTrue();
    }

    @Test
    void acceptsThoseThatSomebodyWants() {
        inherited.expect(List.of(at(address)), List.of());
        inherited.expect(List.of(), List.of(address));
    }

    @Test
    void refusesOneThatNobodyWants() {
        assertThatThrownBy(() -> inherited.expect(List.of(ListenAddress.parse("127.0.0.1:1")), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("LISTEN_FDS: '127.0.0.1:" + address.getPort() + "' is not allowed: each socket that is"
                        + " passed on must be one of lb.listen or of the web server");
    }

    @Test
    void closesWhatNobodyHasTaken() throws IOException {
        connect();

        inherited.closeUnused();

        assertThat(inherited.isEmpty()).isTrue();
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        listen(); // the end of the test closes one, whose number may be somebody else's by now
    }

    private void connect() throws IOException {
        new java.net.Socket(address.getAddress(), address.getPort()).close();
    }

    @Test
    void readsWhatSystemdSays() {
        assertThat(InheritedSockets.ofSystemd(Map.of(), 7).isEmpty()).isTrue();
        assertThat(InheritedSockets.ofSystemd(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "8"), 7)
                        .isEmpty())
                .isTrue();
        assertThatThrownBy(() -> InheritedSockets.ofSystemd(Map.of("LISTEN_FDS", "some", "LISTEN_PID", "7"), 7))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("LISTEN_FDS: 'some' is not allowed: ");
    }

    @Test
    void refusesWhatIsNoSocket() throws IOException {
        FileDescriptor file = FileDescriptor.from(Path.of("/dev/null").toFile());
        assertThatThrownBy(() -> inherited.add(List.of(file.intValue())))
                .isInstanceOf(IOException.class)
                .hasMessage("descriptor " + file.intValue() + " is no TCP socket");
        file.close();
    }
}
