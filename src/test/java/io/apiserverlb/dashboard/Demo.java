package io.apiserverlb.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The service with the profile demo, and a hand on its three servers. */
final class Demo implements AutoCloseable {
    static final int SERVERS = 3;

    private static final Pattern ADDRESS = Pattern.compile("\"address\":\"([^\"]+)\"");

    private final Service service;

    private Demo(Service service) {
        this.service = service;
    }

    /** On these ports. */
    static Demo start(Path folder, int port, int webPort) throws IOException {
        return new Demo(Service.startWithGiven(
                folder,
                "--spring.profiles.active=demo",
                "--lb.listen=127.0.0.1:" + port,
                "--server.port=" + webPort,
                "--lb.check.interval=1s",
                "--lb.slow-start=0",
                "--lb.drain-timeout=1s"));
    }

    int port() {
        return service.port();
    }

    int webPort() {
        return service.webPort();
    }

    /** The addresses of the servers, by number. */
    List<String> servers() throws Exception {
        return ADDRESS.matcher(service.get("/demo/servers"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    boolean allUsable() throws Exception {
        return !service.get("/lb/servers").contains("\"usable\":false");
    }

    /** @param server its number, from 1 */
    void set(int server, String action) throws Exception {
        assertThat(service.send("POST", "/demo/servers/" + server + "/" + action, "")
                        .statusCode())
                .isEqualTo(200);
    }

    /** What another operator does meanwhile. */
    void patch(String address, String body) throws Exception {
        assertThat(service.send("PATCH", "/lb/servers/" + address, body, "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(200);
    }

    /** At once, without a word. */
    @Override
    public void close() {
        service.close();
    }
}
