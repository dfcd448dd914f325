package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.TestSession;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of the finished jar, in JSON and with levels that are changed while it runs. */
class LogIT {
    @TempDir
    Path folder;

    @Test
    void isJsonInEveryLineAndStopsAndGoesOnAsItIsTold() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Service service = Service.startOnOneProcessor(
                        folder,
                        "--lb.server-addresses=127.0.0.1:" + server.getLocalPort(),
                        "--lb.check.type=tcp",
                        "--lb.check.interval=3650d",
                        "--logging.structured.format.console=ecs",
                        "--management.endpoints.web.exposure.include=health,info,prometheus,loggers")) {
            service.webPort();
            server.accept().close(); // the check, which is not to be taken for a session

            session(service, server).endByClient();
            await().until(() -> sessions(service).size() == 1);
            setLevel(service, "WARN");
            session(service, server).endByClient();
            // There is one event loop: what it does for this one comes after the end of the one before.
            TestSession last = session(service, server);
            setLevel(service, "INFO");
            last.endByClient();
            await().until(() -> sessions(service).size() == 2);

            assertThat(sessions(service))
                    .allSatisfy(line ->
                            assertThat(line.at("/server/port").intValue()).isEqualTo(server.getLocalPort()));
            assertThat(lines(service))
                    .filteredOn(line -> line.at("/event/action").stringValue("").equals("setting"))
                    .extracting(line -> line.at("/apiserver_lb/after").stringValue())
                    .containsExactly("WARN", "INFO");
        }
    }

    private static TestSession session(Service service, ServerSocket server) throws Exception {
        TestSession session = TestSession.open(service.port(), server);
        session.roundTrip();
        return session;
    }

    private static void setLevel(Service service, String level) throws Exception {
        int status = service.send(
                        "POST",
                        "/actuator/loggers/apiserver-lb.session",
                        "{\"configuredLevel\": \"" + level + "\"}",
                        "Content-Type",
                        "application/json")
                .statusCode();
        assertThat(status).isEqualTo(204);
    }

    private static List<JsonNode> sessions(Service service) {
        return lines(service).stream()
                .filter(line -> line.at("/event/action").stringValue("").equals("session-ended"))
                .toList();
    }

    /** Fails if any line is no JSON; the last may not be written to its end yet. */
    private static List<JsonNode> lines(Service service) {
        String log = service.log();
        return log.substring(0, log.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }
}
