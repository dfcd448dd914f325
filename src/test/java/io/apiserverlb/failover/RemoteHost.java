package io.apiserverlb.failover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network namespace with a cable to this host. */
final class RemoteHost implements AutoCloseable {
    private final String name;
    private final String cable;
    private final String network;
    private final List<Process> processes = new ArrayList<>();

    private RemoteHost(int number) {
        long unique = ProcessHandle.current().pid() % 10_000;
        this.name = "lbe-" + unique + "-" + number;
        this.cable = "lbe" + unique + "v" + number;
        this.network = "198.18." + (unique + number) % 256 + ".";
    }

    /** Whether this process may make one. */
    static boolean possible() throws Exception {
        try {
            RemoteHost probe = new RemoteHost(0);
            boolean made = run("ip", "netns", "add", probe.name);
            probe.close();
            return made;
        } catch (IOException e) {
            return false; // there is no ip
        }
    }

    static RemoteHost plugged(int number) throws Exception {
        RemoteHost host = new RemoteHost(number);
        host.must("ip", "netns", "add", host.name);
        host.must("ip", "link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name);
        host.must("ip", "addr", "add", host.address() + "/24", "dev", host.cable);
        host.must("ip", "link", "set", host.cable, "up");
        host.must("ip", "-n", host.name, "addr", "add", host.network + "2/24", "dev", "eth0");
        host.must("ip", "-n", host.name, "link", "set", "eth0", "up");
        host.must("ip", "-n", host.name, "link", "set", "lo", "up");
        return host;
    }

    /** This host's, at the near end of the cable. */
    String address() {
        return network + "1";
    }

    /** Begins a {@link RemoteReader} there. */
    Process read(int port, char request) throws Exception {
        Path classes = Path.of(RemoteReader.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Process process = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        name,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-cp",
                        classes.toString(),
                        RemoteReader.class.getName(),
                        address(),
                        Integer.toString(port),
                        Character.toString(request))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    /** From now on nothing comes back from there. */
    void unplug() throws Exception {
        must("ip", "-n", name, "link", "set", "eth0", "down");
    }

    private void must(String... command) throws Exception {
        if (!run(command)) {
            close();
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        if (!done) {
            System.err.println(String.join(" ", command) + ": " + output);
        }
        return done;
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        run("ip", "netns", "del", name);
    }
}
