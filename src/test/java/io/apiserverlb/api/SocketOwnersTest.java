package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.api.ConnectionView.ClientProcess;
import io.apiserverlb.api.SocketOwners.Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SocketOwnersTest {
    private static final String CONTAINER = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final long SELF = 77;

    @TempDir
    Path proc;

    private static Connection connection(String client, int clientPort, String listener, int port) {
        return new Connection(new InetSocketAddress(client, clientPort), new InetSocketAddress(listener, port));
    }

    @BeforeEach
    void tables() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.createDirectory(proc.resolve("sys"));
        table("tcp");
        table("tcp6");
    }

    /** A table with these connections as the kernel of a little-endian machine writes them. */
    private void table(String name, String... connections) throws IOException {
        assertThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        StringBuilder text = new StringBuilder("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n");
        for (String each : connections) {
            int inode = each.lastIndexOf(' ');
            text.append("   0: ")
                    .append(each, 0, inode)
                    .append(" 01 00000000:00000000 00:00000000 00000000  1000        0")
                    .append(each.substring(inode))
                    .append(" 1 0000000000000000 20 4 30 10 -1\n");
        }
        Files.writeString(proc.resolve("net").resolve(name), text);
    }

    private void process(long pid, String command, String cgroup, String... descriptors) throws IOException {
        Path process = Files.createDirectory(proc.resolve(Long.toString(pid)));
        Files.writeString(process.resolve("comm"), command + "\n");
        Files.writeString(process.resolve("cgroup"), cgroup);
        Path folder = Files.createDirectory(process.resolve("fd"));
        for (int i = 0; i < descriptors.length; i++) {
            Files.createSymbolicLink(folder.resolve(Integer.toString(i)), Path.of(descriptors[i]));
        }
    }

    private Map<Connection, ClientProcess> find(Connection... connections) {
        return new SocketOwners(proc, SELF).find(List.of(connections));
    }

    @Test
    void findsTheProcessOfAConnection() throws Exception {
        table("tcp", "0100007F:192C 0100007F:9C41 500", "0100007F:9C41 0100007F:192C 501");
        process(SELF, "java", "0::/", "socket:[500]");
        process(12, "kubelet", "0::/system.slice/kubelet.service\n", "/dev/null", "socket:[499]", "socket:[501]");
        Connection connection = connection("127.0.0.1", 40_001, "127.0.0.1", 6444);

        assertThat(find(connection)).isEqualTo(Map.of(connection, new ClientProcess(12, "kubelet", null)));
    }

    @Test
    void tellsTheContainerThatItRunsIn() throws Exception {
        table("tcp", "0100007F:9C41 0100007F:192C 501");
        process(
                12,
                "app",
                "0::/kubepods.slice/kubepods-pod6a.slice/cri-containerd-" + CONTAINER + ".scope\n",
                "socket:[501]");

        assertThat(find(connection("127.0.0.1", 40_001, "127.0.0.1", 6444)).values())
                .containsExactly(new ClientProcess(12, "app", CONTAINER));
    }

    @Test
    void findsConnectionsOfIpv6() throws Exception {
        table(
                "tcp6",
                "00000000000000000000000001000000:9C41 00000000000000000000000001000000:192C 600",
                "0000000000000000FFFF00000100007F:9C42 0000000000000000FFFF00000100007F:192C 601");
        process(12, "six", "", "socket:[600]");
        process(13, "mapped", "", "socket:[601]");
        Connection six = connection("::1", 40_001, "::1", 6444);
        Connection mapped = connection("127.0.0.1", 40_002, "127.0.0.1", 6444);

        assertThat(find(six, mapped))
                .isEqualTo(
                        Map.of(six, new ClientProcess(12, "six", null), mapped, new ClientProcess(13, "mapped", null)));
    }

    @Test
    void doesNotTellWhatItCannotSee() throws Exception {
        table("tcp", "0100007F:9C41 0100007F:192C 501", "0100007F:9C42 0100007F:192C 0");
        process(12, "other", "", "socket:[999]", "pipe:[501]");
        Files.delete(proc.resolve("net/tcp6"));

        assertThat(find(
                        connection("127.0.0.1", 40_001, "127.0.0.1", 6444),
                        connection("127.0.0.1", 40_002, "127.0.0.1", 6444),
                        connection("127.0.0.1", 40_003, "127.0.0.1", 6444)))
                .isEmpty();
    }

    @Test
    void findsRealConnections() throws Exception {
        SocketOwners owners =
                new SocketOwners(Path.of("/proc"), ProcessHandle.current().pid());
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
            Connection connection =
                    new Connection((InetSocketAddress) socket.getLocalSocketAddress(), (InetSocketAddress)
                            socket.getRemoteSocketAddress());

            assertThat(owners.find(List.of(connection)).get(connection))
                    .extracting(ClientProcess::pid)
                    .isEqualTo(ProcessHandle.current().pid());
        }
    }
}
