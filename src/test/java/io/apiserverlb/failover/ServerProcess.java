package io.apiserverlb.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.apiserverlb.demo.DemoIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@link ApiServer}, seen from the scenario that breaks and mends it. */
public final class ServerProcess implements AutoCloseable {
    private static final int PORT_ELSEWHERE = 6443;

    private final int number;
    private final Path folder;
    private final @Nullable Namespace namespace;
    /** Keeps the port ours while the server is dead: bound and not listening, beside which a listener can be bound. */
    private final Socket reservation = new Socket();

    private final String host;
    private final int port;
    private Process process;
    private BufferedReader answers;
    private Writer commands;
    private boolean frozen;

    /**
     * A running server.
     *
     * @param namespace where; null on this host
     */
    ServerProcess(int number, Path folder, @Nullable Namespace namespace) throws IOException {
        this.number = number;
        this.folder = folder;
        this.namespace = namespace;
        if (namespace == null) {
            reservation.setReuseAddress(true);
            reservation.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            host = "127.0.0.1";
            port = reservation.getLocalPort();
        } else {
            host = namespace.address();
            port = PORT_ELSEWHERE;
        }
        write("server", Authorities.OURS.issueServer(List.of(name(), host, "kubernetes.default.svc")));
        write("foreign", Authorities.FOREIGN.issueServer(List.of(name(), host, "kubernetes.default.svc")));
        Files.writeString(file("ca.crt"), Authorities.OURS.certificatePem());
        Files.writeString(file("foreign-ca.crt"), Authorities.FOREIGN.certificatePem());
        process = launch("server", "ca.crt");
        answers = process.inputReader(US_ASCII);
        commands = process.outputWriter(US_ASCII);
        expectOk();
    }

    private void write(String kind, DemoIdentity identity) throws IOException {
        Files.writeString(file(kind + ".crt"), identity.certificatePem());
        Files.writeString(file(kind + ".key"), identity.privateKeyPem());
    }

    private Path file(String end) {
        return folder.resolve(name() + "-" + end);
    }

    private Process launch(String identity, String authority) throws IOException {
        List<String> command = new ArrayList<>(namespace == null ? List.of() : namespace.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "-cp",
                classes(),
                ApiServer.class.getName(),
                host,
                String.valueOf(port),
                file(identity + ".crt").toString(),
                file(identity + ".key").toString(),
                file(authority).toString(),
                ledger().toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String classes() {
        return Path.of(ApiServer.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    /** The name that its certificate shows to clients. */
    public String name() {
        return "server-" + number;
    }

    /** As in {@code lb.server-addresses}. */
    public String address() {
        return host + ":" + port;
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** Where it is. */
    public Namespace namespace() {
        if (namespace == null) {
            throw new IllegalStateException(name() + " is on this host");
        }
        return namespace;
    }

    /** Whether it is in a network namespace of its own. */
    public boolean isElsewhere() {
        return namespace != null;
    }

    /** SIGKILL: the kernel resets its connections and refuses new ones. */
    public void kill() {
        process.destroyForcibly().onExit().join();
        frozen = false;
    }

    /** Runs it again at the same address, with the certificate that it had first. */
    public void restart() throws IOException {
        restart("server", "ca.crt");
    }

    /** Runs it again at the same address, with a certificate of another authority. */
    void restartAsForeigner() throws IOException {
        restart("foreign", "foreign-ca.crt");
    }

    private void restart(String identity, String authority) throws IOException {
        kill();
        process = launch(identity, authority);
        answers = process.inputReader(US_ASCII);
        commands = process.outputWriter(US_ASCII);
        expectOk();
    }

    /** SIGSTOP: the kernel accepts and acknowledges, nobody answers. */
    public void freeze() throws IOException {
        Shell.run("kill", "-STOP", String.valueOf(process.pid()));
        frozen = true;
    }

    /** SIGCONT. */
    public void thaw() throws IOException {
        Shell.run("kill", "-CONT", String.valueOf(process.pid()));
        frozen = false;
    }

    /** {@code /readyz} fails, all else works. */
    public void red() throws IOException {
        tell("red");
    }

    /** All works. */
    public void green() throws IOException {
        tell("green");
    }

    /** Greets clients that say nothing for a while, from now on. */
    void greet() throws IOException {
        tell("greet");
    }

    /** What the client of the last raw session sent after or during the server's own words. */
    String received() throws IOException {
        commands.write("received\n");
        commands.flush();
        String received = answers.readLine();
        expectOk();
        return received;
    }

    /** The file of the authority that signed its certificate. */
    public Path authority() {
        return file("ca.crt");
    }

    /** Where it writes what it got from clients that speak the {@link RawProtocol}'s transfers; grows as long as this process lives. */
    public Path ledger() {
        return file("ledger");
    }

    /** Resets the connections there are. */
    public void reset() throws IOException {
        tell("reset");
    }

    /** Resets the connections there are and refuses new ones. */
    void stopListening() throws IOException {
        tell("close");
    }

    void listen() throws IOException {
        tell("open");
    }

    /** Shows a certificate of another authority from now on. */
    public void showForeignCertificate() throws IOException {
        tell("identity " + file("foreign.crt") + " " + file("foreign.key") + " " + file("foreign-ca.crt"));
    }

    /** Shows its own certificate again. */
    public void showOwnCertificate() throws IOException {
        tell("identity " + file("server.crt") + " " + file("server.key") + " " + file("ca.crt"));
    }

    private void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        expectOk();
    }

    private void expectOk() throws IOException {
        String answer = answers.readLine();
        if (!"ok".equals(answer)) {
            throw new IOException(name() + " says " + answer);
        }
    }

    /** As it was at first, whatever a scenario did to it. */
    public void mend() throws IOException {
        if (namespace != null) {
            namespace.mend();
        }
        if (!process.isAlive()) {
            restart();
            return;
        }
        if (frozen) {
            thaw();
        }
        showOwnCertificate();
        tell("keep-quiet");
        green();
        listen();
        reset();
    }

    @Override
    public void close() throws IOException {
        kill();
        reservation.close();
        if (namespace != null) {
            namespace.close();
        }
    }
}
