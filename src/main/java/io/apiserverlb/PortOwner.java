package io.apiserverlb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out which process listens on a TCP socket, as far as Linux' {@code /proc} tells this user. */
final class PortOwner {
    private static final int K3S_PORT = 6444;
    private static final Path PROC = Path.of("/proc");
    private static final String LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    /** In hexadecimal digits. */
    private static final int WORD = 8;

    private PortOwner() {}

    /** The command and id of the process, such as {@code k3s (pid 4711)}. */
    static Optional<String> of(InetSocketAddress socket) {
        return Stream.of("net/tcp", "net/tcp6")
                .flatMap(table -> inodes(PROC.resolve(table), socket).stream())
                .flatMap(inode -> holder("socket:[" + inode + "]").stream())
                .findFirst();
    }

    /** Who listens on a port more often than not. */
    static Optional<String> usual(int port) {
        return port == K3S_PORT
                ? Optional.of("6444 is the port of the k3s agent's own load balancer")
                : Optional.empty();
    }

    private static List<String> inodes(Path table, InetSocketAddress socket) {
        try (Stream<String> lines = Files.lines(table)) {
            return inodes(lines, socket);
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** Of the sockets in a table of the kernel's that leave no room for this one; pure. */
    static List<String> inodes(Stream<String> lines, InetSocketAddress socket) {
        return lines.map(line -> line.strip().split("\\s+", -1))
                .filter(fields -> fields.length > INODE
                        && fields[STATE].equals(LISTEN)
                        && Collisions.between(socket, address(fields[LOCAL_ADDRESS])))
                .map(fields -> fields[INODE])
                .toList();
    }

    /** The kernel prints the port as a number, but the address as it lies in memory: words of four bytes in this machine's order. */
    private static InetSocketAddress address(String text) {
        int colon = text.indexOf(':');
        ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i < colon; i += WORD) {
            bytes.putInt(HexFormat.fromHexDigits(text, i, i + WORD));
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes.array()), HexFormat.fromHexDigits(text, colon + 1, text.length()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the kernel shows no address: " + text, e);
        }
    }

    private static Optional<String> holder(String socket) {
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+") && holds(process, socket))
                    .findFirst()
                    .map(process -> command(process) + " (pid " + process.getFileName() + ")");
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static boolean holds(Path process, String socket) {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return descriptors.anyMatch(descriptor -> leadsTo(descriptor, socket));
        } catch (IOException | UncheckedIOException e) {
            return false; // another user's process, or one that has just ended
        }
    }

    private static boolean leadsTo(Path descriptor, String socket) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(socket);
        } catch (IOException e) {
            return false;
        }
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "a process";
        }
    }
}
