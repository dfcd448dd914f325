package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.Background;
import io.apiserverlb.testing.HeldPort;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process after the other on the same ports, while clients keep coming. */
@Timeout(300)
class HandoverIT {
    private static final int PER_SECOND = 500;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String OVER = "took over from the process before";

    @TempDir
    private Path folder;

    private final List<Service> services = new ArrayList<>();
    private final List<HeldPort> held = new ArrayList<>();
    private final Newcomers clients = new Newcomers();
    private final List<String> unhealthy = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private int server;
    private int port;
    private int webPort;
    private int healthPort;

    @BeforeEach
    void choosePorts() throws IOException {
        server = clients.serve();
        port = freePort();
        webPort = freePort();
        healthPort = freePort();
    }

    /** Nobody else's before the first process has it, either. */
    private int freePort() throws IOException {
        HeldPort port = new HeldPort();
        held.add(port);
        return port.port();
    }

    private int listening(int instance) throws IOException {
        URI health = URI.create("http://127.0.0.1:" + healthPort + "/actuator/health/listening");
        HttpURLConnection asked = (HttpURLConnection) health.toURL().openConnection();
        asked.setRequestProperty("Apiserver-Lb-Instance", Integer.toString(instance));
        return asked.getResponseCode();
    }

    /** As a kubelet does, on a connection of its own each time. */
    private void probe() {
        URI health = URI.create("http://127.0.0.1:" + healthPort + "/actuator/health/liveness");
        while (!ended) {
            try {
                HttpURLConnection asked = (HttpURLConnection) health.toURL().openConnection();
                asked.setRequestProperty("Connection", "close");
                asked.setReadTimeout(10_000);
                if (asked.getResponseCode() != 200) {
                    unhealthy.add("answered " + asked.getResponseCode());
                }
            } catch (IOException e) {
                unhealthy.add(e.toString());
            }
        }
    }

    @AfterEach
    void end() throws IOException {
        ended = true;
        clients.close();
        services.forEach(Service::close);
        for (HeldPort port : held) {
            port.close();
        }
    }

    /** Each has a folder of its own, as containers have. */
    private Service start(String... more) throws IOException {
        return start(List.of(), more);
    }

    private Service start(List<String> starter, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--lb.name=" + name(),
                "--lb.instance=" + services.size(),
                "--lb.listen=127.0.0.1:" + port,
                "--lb.server-addresses=127.0.0.1:" + server,
                "--lb.check.type=tcp",
                "--lb.shutdown.drain=1s",
                "--server.port=" + webPort,
                "--management.server.address=0.0.0.0",
                "--management.server.port=" + healthPort));
        arguments.addAll(List.of(more));
        Service service =
                Service.startBy(starter, Files.createTempDirectory(folder, "home"), arguments.toArray(String[]::new));
        services.add(service);
        return service;
    }

    private String name() {
        return "handover-" + port;
    }

    private Service startNext() throws IOException {
        Service next = start("--lb.handover=true");
        awaitLog(next, OVER);
        return next;
    }

    private static void awaitLog(Service service, String words) {
        await().atMost(LONG).until(() -> {
            if (!service.isAlive()) {
                throw new IllegalStateException(service.log());
            }
            return service.log().contains(words);
        });
    }

    private void assertServed() {
        int before = clients.served();
        await().atMost(LONG).until(() -> clients.served() > before + PER_SECOND / 2);
        assertThat(clients.failures()).isEmpty();
    }

    @Test
    void anUpgradeRefusesAndResetsNobody() throws Exception {
        Service first = start("--lb.handover=true");
        awaitLog(first, "Tomcat started on port " + healthPort);
        awaitLog(first, "is up");
        clients.come(port, PER_SECOND);
        CompletableFuture<Void> probing = Background.run(this::probe);
        assertThat(first.put("/lb/servers", "{\"serverAddresses\":[\"127.0.0.1:" + server + "\",\"127.0.0.1:1\"]}")
                        .statusCode())
                .isEqualTo(200);
        try (Socket kept = new Socket(InetAddress.getLoopbackAddress(), port)) {
            say(kept);

            Service second = startNext();
            assertServed();
            assertThat(second.get("/lb/servers")).contains("127.0.0.1:1\"");
            say(kept);
            assertThat(listening(0)).as("the one that stands by").isEqualTo(200);
            assertThat(listening(1)).isEqualTo(200);
            first.terminate();

            assertThat(first.exitCode()).isEqualTo(143);
            assertThat(kept.getInputStream().read()).isEqualTo(-1);
            assertServed();
            assertThat(listening(0)).as("the one that has ended").isEqualTo(503);
            assertThat(second.get("/lb")).contains("\"active\"");
            aNextOneThatDoesNotStartCostsNothing(second);
            ended = true;
            probing.join();
            assertThat(unhealthy).isEmpty();
            theNextOneMayFail(second);
        }
    }

    private void aNextOneThatDoesNotStartCostsNothing(Service second) throws Exception {
        Service broken = start("--lb.handover=true", "--server.tomcat.threads.max=none");
        awaitLog(second, "another process is taking over");

        assertThat(broken.exitCode()).isEqualTo(1);
        awaitLog(second, "has not come to serve: this one goes on");
        assertServed();
        assertThat(second.put("/lb/servers", "{\"serverAddresses\":[\"127.0.0.1:" + server + "\"]}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** What it has accepted is lost with it; those who come later are not. */
    private void theNextOneMayFail(Service second) throws Exception {
        Service third = startNext();
        third.close();
        awaitLog(second, "this one serves again");
        clients.failures().clear();
        assertServed();
    }

    /** As systemd does: binds a socket, has one process after the other use it, and never closes it. */
    private List<String> systemd() {
        return List.of("perl", "-MSocket", "-e", """
                $^F = 255;
                socket(S, PF_INET, SOCK_STREAM, 0) or die;
                setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1) or die;
                bind(S, sockaddr_in(shift(@ARGV), INADDR_LOOPBACK)) or die;
                listen(S, 4096) or die;
                fileno(S) == 3 or die;
                while (1) {
                    my $pid = fork;
                    if (!$pid) {
                        $ENV{LISTEN_FDS} = 1;
                        $ENV{LISTEN_PID} = $$;
                        exec @ARGV or die;
                    }
                    waitpid $pid, 0;
                }
                """, Integer.toString(port));
    }

    @Test
    void aRestartOnASocketThatIsPassedOnRefusesNobody() throws Exception {
        Client.require("perl");
        Service service = start(systemd());
        awaitLog(service, "is up");
        clients.come(port, PER_SECOND);
        assertServed();

        ProcessHandle first = service.child();
        first.destroy();

        assertThat(first.onExit().get(30, TimeUnit.SECONDS)).isNotNull();
        assertServed();
        assertThat(service.child()).isNotEqualTo(first);
        await().atMost(LONG).until(() -> clients.waiting() < PER_SECOND / 10);
        assertThat(clients.failures()).isEmpty();
    }

    private static void say(Socket kept) throws IOException {
        kept.getOutputStream().write(1);
        assertThat(kept.getInputStream().read()).isEqualTo(1);
    }
}
