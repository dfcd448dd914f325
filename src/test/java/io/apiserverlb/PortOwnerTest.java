package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {

    @Test
    void findsTheProcessThatListens() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortOwner.of(socket.getLocalPort()))
                    .hasValue("java (pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void findsNobodyWhereNobodyListens() throws Exception {
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(0)); // on all addresses, so that nobody can

            assertThat(PortOwner.of(held.getLocalPort())).isEmpty();
        }
        assertThat(PortOwner.usual(6444).orElseThrow()).contains("k3s");
    }
}
