package io.apiserverlb.failover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The servers of all scenarios. A scenario takes some, has them to itself, and gives them back: starting a process takes longer than most
 * faults.
 *
 * <p>Ends with this process. Safe for use by any thread.
 */
public final class Fleet {
    private static final Fleet ALL = new Fleet();

    private final Deque<ServerProcess> idleHere = new ArrayDeque<>();
    private final Deque<ServerProcess> idleElsewhere = new ArrayDeque<>();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final Path folder;

    private Fleet() {
        try {
            folder = Files.createTempDirectory("failover");
            if (Shell.has("ip")) {
                Namespace.sweep();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "fleet-end"));
    }

    /** Servers on this host. */
    public static List<ServerProcess> here(int count) throws IOException {
        return ALL.take(count, false);
    }

    /** Servers in a network namespace each; skips the scenario where there can be none. */
    public static List<ServerProcess> elsewhere(int count) throws IOException {
        if (count > 0) {
            Namespace.require();
        }
        return ALL.take(count, true);
    }

    /** Mends a server and keeps it for the next scenario. */
    public static void giveBack(ServerProcess server) throws IOException {
        server.mend();
        ALL.idle(server);
    }

    private List<ServerProcess> take(int count, boolean elsewhere) throws IOException {
        List<ServerProcess> taken = new ArrayList<>();
        while (taken.size() < count) {
            ServerProcess idle = poll(elsewhere);
            taken.add(idle == null ? start(elsewhere) : idle);
        }
        return taken;
    }

    private synchronized @Nullable ServerProcess poll(boolean elsewhere) {
        return (elsewhere ? idleElsewhere : idleHere).poll();
    }

    private synchronized void idle(ServerProcess server) {
        (server.isElsewhere() ? idleElsewhere : idleHere).add(server);
    }

    private synchronized ServerProcess start(boolean elsewhere) throws IOException {
        ServerProcess server = new ServerProcess(servers.size() + 1, folder, elsewhere ? Namespace.create() : null);
        servers.add(server);
        return server;
    }

    private void end() {
        for (ServerProcess server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                System.err.println("cannot end " + server.name() + ": " + e);
            }
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            System.err.println("cannot remove " + folder + ": " + e);
        }
    }
}
