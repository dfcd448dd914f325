package io.apiserverlb.api;

import io.apiserverlb.api.ConnectionView.ClientProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the processes that hold the clients' ends of connections, as far as Linux' {@code /proc} tells this user.
 *
 * <p>Reads the tables of all connections and looks at the descriptors of all processes, which takes long where there are many.
 */
final class SocketOwners {
    /** A connection from the client's point of view. */
    record Connection(InetSocketAddress local, InetSocketAddress remote) {}

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern CONTAINER = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");
    private static final String SOCKET = "socket:[";
    private static final int IPV4_LENGTH = 4;
    private static final String MAPPED = hex(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff});
    /** Of the fields after the two addresses. */
    private static final int INODE = 6;

    private final Path proc;
    private final String self;

    /** @param self this process, which has a descriptor for each session, and is therefore looked at last */
    SocketOwners(Path proc, long self) {
        this.proc = proc;
        this.self = Long.toString(self);
    }

    /** Those that are found. */
    Map<Connection, ClientProcess> find(Collection<Connection> connections) {
        Map<String, Connection> wanted = new HashMap<>();
        for (Connection connection : connections) {
            String local = hex(connection.local().getAddress().getAddress());
            String remote = hex(connection.remote().getAddress().getAddress());
            wanted.put(key(local, remote, connection), connection);
            if (local.length() == 2 * IPV4_LENGTH) { // by a socket that is for both kinds
                wanted.put(key(MAPPED + local, MAPPED + remote, connection), connection);
            }
        }
        Map<String, Connection> inodes = new HashMap<>();
        addInodes(proc.resolve("net/tcp"), wanted, inodes);
        addInodes(proc.resolve("net/tcp6"), wanted, inodes);
        return holders(inodes);
    }

    private static String key(String local, String remote, Connection connection) {
        return String.format(
                Locale.ROOT,
                "%s:%04X %s:%04X",
                local,
                connection.local().getPort(),
                remote,
                connection.remote().getPort());
    }

    /** As the kernel writes it: 32 bits at a time, each as a number of this machine. */
    private static String hex(byte[] address) {
        ByteBuffer words = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
        StringBuilder text = new StringBuilder();
        while (words.hasRemaining()) {
            text.append(String.format(Locale.ROOT, "%08X", words.getInt()));
        }
        return text.toString();
    }

    private static void addInodes(Path table, Map<String, Connection> wanted, Map<String, Connection> inodes) {
        int length = wanted.keySet().stream().mapToInt(String::length).max().orElse(0);
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int start = line.indexOf(": ") + 2;
                int end = line.indexOf(' ', line.indexOf(' ', start) + 1);
                Connection connection =
                        end - start > length ? null : wanted.get(line.substring(start, Math.max(start, end)));
                if (connection != null) {
                    inodes.put(line.substring(end).strip().split("\\s+", -1)[INODE], connection);
                }
            }
        } catch (IOException e) {
            // there is no such table here
        }
    }

    private Map<Connection, ClientProcess> holders(Map<String, Connection> inodes) {
        Map<Connection, ClientProcess> holders = new HashMap<>();
        inodes.remove("0"); // nobody's any more
        for (Path process : inodes.isEmpty() ? List.<Path>of() : processes()) {
            ClientProcess description = null;
            for (String inode : sockets(process, inodes)) {
                if (description == null) {
                    description = describe(process);
                }
                holders.put(inodes.remove(inode), description);
            }
            if (inodes.isEmpty()) {
                break;
            }
        }
        return holders;
    }

    private List<Path> processes() {
        List<Path> processes = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (NUMBER.matcher(name).matches() && !name.equals(self)) {
                    processes.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        processes.add(proc.resolve(self));
        return processes;
    }

    /** Those of these sockets that a process holds. */
    private static List<String> sockets(Path process, Map<String, Connection> inodes) {
        List<String> sockets = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                String inode = inode(descriptor);
                if (inode != null && inodes.containsKey(inode) && !sockets.contains(inode)) {
                    sockets.add(inode);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // another user's, or it has just ended
        }
        return sockets;
    }

    private static @Nullable String inode(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(SOCKET) ? target.substring(SOCKET.length(), target.length() - 1) : null;
        } catch (IOException e) {
            return null; // closed by now
        }
    }

    /** The command without its arguments, which may hold secrets. */
    private static ClientProcess describe(Path process) {
        String command = text(process.resolve("comm")).strip();
        Matcher container = CONTAINER.matcher(text(process.resolve("cgroup")));
        return new ClientProcess(
                Long.parseLong(process.getFileName().toString()),
                command.isEmpty() ? "unknown" : command,
                container.find() ? container.group() : null);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether a connection may have both of its ends on this host. */
    static boolean mayBeLocal(Connection connection) {
        InetAddress client = connection.local().getAddress();
        return client.isLoopbackAddress() || client.equals(connection.remote().getAddress());
    }
}
