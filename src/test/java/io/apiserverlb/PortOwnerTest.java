package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
class PortOwnerTest {
    private static final List<String> TABLE = List.of(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0200007F:192C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22",
            "   1: 00000000:192D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 33",
            "   2: 0100007F:192C 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 44",
            "   0: 00000000000000000000000000000000:192E 00000000000000000000000000000000:0000 0A 00000000:00000000"
                    + " 00:00000000 00000000     0        0 55",
            "   1: 00000000000000000000000001000000:192F 00000000000000000000000000000000:0000 0A 00000000:00000000"
                    + " 00:00000000 00000000     0        0 66",
            "   2: 0000000000000000FFFF00000100007F:1930 00000000000000000000000000000000:0000 0A 00000000:00000000"
                    + " 00:00000000 00000000     0        0 77");

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 6444, ''",
        "127.0.0.2, 6444, 22",
        "0.0.0.0, 6444, 22",
        "127.0.0.1, 6445, 33",
        "::1, 6445, ''",
        "127.0.0.1, 6446, 55",
        "::1, 6446, 55",
        "::1, 6447, 66",
        "127.0.0.1, 6447, ''",
        "127.0.0.1, 6448, 77"
    })
    void looksForSocketsThatAreInTheWay(String address, int port, String inode) {
        assertThat(String.join(",", PortOwner.inodes(TABLE.stream(), at(address, port))))
                .isEqualTo(inode);
    }

    @Test
    void findsTheProcessThatListens() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortOwner.of(at("127.0.0.1", socket.getLocalPort())))
                    .hasValue("java (pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void findsNobodyWhereNobodyListens() throws Exception {
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(0)); // on all addresses, so that nobody can

            assertThat(PortOwner.of(at("127.0.0.1", held.getLocalPort()))).isEmpty();
        }
        assertThat(PortOwner.usual(6444).orElseThrow()).contains("k3s");
    }
}
