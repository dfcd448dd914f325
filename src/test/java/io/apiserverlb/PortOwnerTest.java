package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
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
    void findsNobodyOnAFreePort() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        assertThat(PortOwner.of(free)).isEmpty();
        assertThat(PortOwner.usual(6444).orElseThrow()).contains("k3s");
    }
}
