package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@ApiTest
final class CallLimitTest {
    /** As many as are answered at a time where the heap is large. */
    private static final int MOST = 16;

    private final int port;
    private final List<Socket> callers = new ArrayList<>();
    private String refusal = "";

    CallLimitTest(@LocalServerPort int port) {
        this.port = port;
    }

    @AfterEach
    void hangUp() throws Exception {
        for (Socket caller : callers) {
            caller.close();
        }
    }

    /** A call that does not end, as its body does not come. */
    private void call() throws Exception {
        Socket caller = new Socket(InetAddress.getLoopbackAddress(), port);
        callers.add(caller);
        String request = String.join(
                "\r\n",
                "POST /lb/servers HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Content-Length: 100",
                "",
                "");
        caller.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void saysWhyACallIsNotAnsweredAndAnswersForHealth() throws Exception {
        for (int i = 0; i < MOST; i++) {
            call();
        }
        RawClient client = new RawClient(port);

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            refusal = client.exchange("GET /lb HTTP/1.1", "Host: localhost");
            return !refusal.startsWith("HTTP/1.1 200 ");
        });

        assertThat(refusal)
                .startsWith("HTTP/1.1 503 ")
                .contains("Content-Type: application/problem+json", "Retry-After: 1", "\"status\":503")
                .contains("as many calls as are answered at a time (" + MOST + ") are being made");
        assertThat(client.exchange("GET /actuator/health HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 200 ");
        hangUp();
        assertThat(client.exchange("GET /lb HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200 ");
    }
}
