package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The rules where a token is configured, on a loopback address. */
@ApiTest
final class TokenAccessTest {
    private static final String SERVER = "/lb/servers/192.0.2.10";
    private static final String TOKEN = "s3cr3t-t0k3n";

    @TempDir
    static Path folder;

    private final Client client;
    private final ServerPool pool;
    private final Events events;

    TokenAccessTest(@LocalServerPort int port, ServerPool pool, Events events) {
        this.client = new Client(port);
        this.pool = pool;
        this.events = events;
    }

    @DynamicPropertySource
    static void tokenFile(DynamicPropertyRegistry registry) {
        registry.add("test.token-file", () -> file().toString());
    }

    private static Path file() {
        return folder.resolve("token");
    }

    @BeforeEach
    void resetList() throws IOException {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
        Files.writeString(file(), TOKEN + "\n");
    }

    private Client.Answer patch(String... headers) {
        return client.send("PATCH", SERVER, "{\"weight\": 7}", headers);
    }

    @Test
    void isOpenToReaders() {
        assertThat(client.get("/lb/servers").status()).isEqualTo(200);
    }

    @Test
    void takesChangesFromWhoeverHasTheToken() {
        Client.Answer answer = patch("Authorization", "Bearer " + TOKEN);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.SETTING)
                .last()
                .satisfies(event -> assertThat(event.actor()).isEqualTo("rest token@127.0.0.1"));
    }

    @Test
    void isNotInTheLogHoweverMuchElseIs() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        List<Logger> loggers = Stream.of("org.springframework", "org.apache", "io.apiserverlb")
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .toList();
        loggers.forEach(logger -> {
            logger.addAppender(log);
            logger.setLevel(Level.DEBUG);
        });
        try {
            patch("Authorization", "Bearer " + TOKEN);
            patch("Authorization", "Bearer wr0ng-t0k3n");
        } finally {
            loggers.forEach(logger -> {
                logger.setLevel(null);
                logger.detachAppender(log);
            });
        }

        assertThat(List.copyOf(log.list))
                .extracting(event -> event.getLoggerName() + " " + event.getFormattedMessage())
                .anyMatch(line -> line.startsWith("org.springframework.security"))
                .noneMatch(line -> line.contains("t0k3n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer wrong",
                "Bearer s3cr3t-t0k3n2",
                "Bearer s3cr3t",
                "Basic s3cr3t-t0k3n",
                "s3cr3t-t0k3n"
            })
    void takesNoChangesFromAnybodyElse(String authorization) {
        Client.Answer answer = authorization.isEmpty() ? patch() : patch("Authorization", authorization);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).contains("token").doesNotContain("s3cr3t");
        assertThat(pool.list()
                        .find(Values.address("192.0.2.10"))
                        .orElseThrow()
                        .setting()
                        .weight())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /lb/servers/192.0.2.10?dryRun=true",
        "POST, /actuator/loggers/some",
        "POST, /demo/servers/1/stop",
        "POST, /nothing"
    })
    void needsTheTokenForEveryChangingCall(String method, String path) {
        Client.Answer without = client.send(method, path, null);
        Client.Answer with = client.send(method, path, null, "Authorization", "bearer " + TOKEN);

        assertThat(without.status()).isEqualTo(401);
        assertThat(with.status()).isIn(200, 404, 415); // Actuator wants a body
    }

    @Test
    void doesNotTakeTheTokenFromAnotherSitesPage() {
        assertThat(patch("Authorization", "Bearer " + TOKEN, "Origin", "http://evil.example")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void takesANewTokenAsSoonAsTheFileHasIt() throws Exception {
        Files.writeString(file(), "another");

        assertThat(patch("Authorization", "Bearer another").status()).isEqualTo(200);
        assertThat(patch("Authorization", "Bearer " + TOKEN).status()).isEqualTo(401);
    }

    @Test
    void takesTheOldTokenAndTheNewOneWhileTheFileHasBoth() throws Exception {
        Files.writeString(file(), TOKEN + "\r\n\n  another \n");

        assertThat(patch("Authorization", "Bearer " + TOKEN).status()).isEqualTo(200);
        assertThat(patch("Authorization", "Bearer another").status()).isEqualTo(200);
        assertThat(patch("Authorization", "Bearer third").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void takesNoTokenIfTheFileHasNone(String content) throws Exception {
        Files.writeString(file(), content);

        Client.Answer answer = patch("Authorization", "Bearer " + TOKEN);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().get("detail").stringValue()).contains("empty");
    }

    @Test
    void takesNoTokenIfTheFileCannotBeRead() throws Exception {
        Files.delete(file());

        Client.Answer answer = patch("Authorization", "Bearer " + TOKEN);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().get("detail").stringValue()).contains("cannot be read");
    }

    @Test
    void neverShowsTheToken() {
        patch("Authorization", "Bearer wrong");
        patch("Authorization", "Bearer " + TOKEN);

        assertThat(events.latest().toString()).contains("bearer token is wrong").doesNotContain(TOKEN, "Bearer wrong");
    }
}
