package io.apiserverlb.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Another host, as far as TCP can tell: a network namespace, linked to this one by a pair of virtual Ethernet devices.
 *
 * <p>Named {@code lbf-<pid>-<n>}, so that what a killed run has left can be told from what is in use, and is removed by the next.
 */
public final class Namespace implements AutoCloseable {
    private static final String PREFIX = "lbf-";
    private static final int NETWORKS = 1 << 14;
    private static final int NETWORK_SIZE = 4;
    private static final int PRIME = 37;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final String hostDevice;
    private final String device;
    private final String hostAddress;
    private final String address;

    private Namespace(int number) {
        long pid = ProcessHandle.current().pid();
        name = PREFIX + pid + "-" + number;
        hostDevice = "lbf" + pid + "h" + number;
        device = "lbf" + pid + "n" + number;
        int network = (int) ((pid * PRIME + number) % NETWORKS) * NETWORK_SIZE;
        hostAddress = address(network + 1);
        address = address(network + 2);
    }

    private static String address(int host) {
        return "10.231." + (host >> 8) + "." + (host & 0xff);
    }

    /** Skips the test, and says why, where there can be none. */
    public static void require() {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"),
                "network namespaces need root: this scenario is skipped");
        Assumptions.assumeTrue(
                Shell.has("ip") && Shell.has("iptables"),
                "the programs ip and iptables are not installed: this scenario is skipped");
    }

    /** Whether there can be any. */
    public static boolean arePossible() {
        return System.getProperty("user.name").equals("root") && Shell.has("ip") && Shell.has("iptables");
    }

    public static Namespace create() throws IOException {
        Namespace namespace = new Namespace(COUNT.incrementAndGet());
        try {
            namespace.up();
        } catch (IOException e) {
            namespace.close();
            throw e;
        }
        return namespace;
    }

    private void up() throws IOException {
        Shell.run("ip", "netns", "add", name);
        Shell.run("ip", "link", "add", hostDevice, "type", "veth", "peer", "name", device, "netns", name);
        Shell.run("ip", "addr", "add", hostAddress + "/30", "dev", hostDevice);
        Shell.run("ip", "link", "set", hostDevice, "up");
        inside("ip", "addr", "add", address + "/30", "dev", device);
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "link", "set", device, "up");
    }

    /** Removes what runs that were killed have left. */
    static void sweep() throws IOException {
        for (String line : Shell.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", -1)[0];
            if (name.startsWith(PREFIX)) {
                long pid = Long.parseLong(name.split("-", -1)[1]);
                if (!Files.exists(Path.of("/proc", String.valueOf(pid)))) {
                    for (String left :
                            Shell.run("ip", "netns", "pids", name).lines().toList()) {
                        ProcessHandle.of(Long.parseLong(left.strip())).ifPresent(ProcessHandle::destroyForcibly);
                    }
                    Shell.run("ip", "netns", "del", name);
                }
            }
        }
    }

    public String address() {
        return address;
    }

    /** Of this end of the link. */
    public String hostAddress() {
        return hostAddress;
    }

    /** The words that make a command run inside. */
    public List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /** Drops what matches on its way in, without a word to the sender. */
    public void dropIncoming(String... match) throws IOException {
        rule("INPUT", match);
    }

    /** Loses a share of all packets, each way. */
    public void lose(double share) throws IOException {
        String[] match = {"-m", "statistic", "--mode", "random", "--probability", String.valueOf(share)};
        rule("INPUT", match);
        rule("OUTPUT", match);
    }

    private void rule(String chain, String... match) throws IOException {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", "-A", chain));
        command.addAll(List.of(match));
        command.addAll(List.of("-j", "DROP"));
        inside(command.toArray(String[]::new));
    }

    /** Takes the cable out: at the server's end, so that this host hears nothing of it, as behind a switch. */
    public void unplug() throws IOException {
        inside("ip", "link", "set", device, "down");
    }

    /** All is well again. */
    public void mend() throws IOException {
        inside("iptables", "-w", "-F");
        inside("ip", "link", "set", device, "up");
    }

    private void inside(String... command) throws IOException {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        Shell.run(all.toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        Shell.run("ip", "netns", "del", name);
    }

    @Override
    public String toString() {
        return name;
    }
}
