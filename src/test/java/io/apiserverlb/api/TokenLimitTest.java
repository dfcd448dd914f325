package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.bean.override.convention.TestBean;

/** What becomes of those who try tokens; they use up the tries of all that this class's application is asked by. */
@ApiTest
final class TokenLimitTest {
    private static final String TOKEN = "s3cr3t-t0k3n";

    @TempDir
    static Path folder;

    private static final ManualClock CLOCK = new ManualClock();

    /** No try comes back unless a test wants it. */
    @TestBean
    @SuppressWarnings("NullAway.Init")
    LoginLimit limit;

    private final RawClient client;
    private final ServerPool pool;

    TokenLimitTest(@LocalServerPort int port, ServerPool pool) {
        this.client = new RawClient(port);
        this.pool = pool;
    }

    static LoginLimit limit() {
        return new LoginLimit(CLOCK::nanos);
    }

    @DynamicPropertySource
    static void tokenFile(DynamicPropertyRegistry registry) {
        registry.add("test.token-file", () -> folder.resolve("token").toString());
    }

    @BeforeEach
    void writeToken() throws IOException {
        Files.writeString(folder.resolve("token"), TOKEN);
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
    }

    private String delete(String address, String... headers) throws IOException {
        return client.exchangeFrom(
                address, "DELETE /lb/servers/192.0.2.99 HTTP/1.1", "Host: localhost", String.join("\r\n", headers));
    }

    private String tryToken(String address, String token) throws IOException {
        return delete(address, "Authorization: Bearer " + token);
    }

    @Test
    void nobodyTriesTokensAsOftenAsHeLikes() throws Exception {
        Files.writeString(folder.resolve("token"), "");
        for (int i = 0; i < 2 * LoginLimit.BURST; i++) {
            assertThat(tryToken("127.0.0.1", "while-there-is-none"))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("the token file is empty");
        }
        writeToken();
        for (int i = 0; i < 2 * LoginLimit.BURST; i++) {
            assertThat(tryToken("127.0.0.1", TOKEN))
                    .as("right ones do not count")
                    .startsWith("HTTP/1.1 404 ");
            assertThat(tryToken("127.0.0.1", "of-last-week"))
                    .as("nor one again")
                    .startsWith("HTTP/1.1 401 ");
        }
        for (int i = 1; i < LoginLimit.BURST; i++) {
            assertThat(tryToken("127.0.0." + i, "wrong" + i)).startsWith("HTTP/1.1 401 ");
        }

        assertThat(tryToken("127.0.0.99", "wrong"))
                .startsWith("HTTP/1.1 429 ")
                .contains("Retry-After: ", "too many wrong credentials", "application/problem+json");
        assertThat(tryToken("127.0.0.1", TOKEN)).as("what is known to be right").startsWith("HTTP/1.1 404 ");
        Files.writeString(folder.resolve("token"), "another");
        assertThat(tryToken("127.0.0.1", "another"))
                .as("even a right one, if nobody knows it yet")
                .startsWith("HTTP/1.1 429 ");
        assertThat(tryToken("127.0.0.1", TOKEN)).as("what was right").startsWith("HTTP/1.1 401 ");
        assertThat(tryToken("127.0.0.1", "wrong1"))
                .as("what is known to be wrong")
                .startsWith("HTTP/1.1 401 ");
        assertThat(delete("127.0.0.1", "X: none")).as("without any").startsWith("HTTP/1.1 401 ");
        CLOCK.advance(LoginLimit.REFILL);
        assertThat(tryToken("127.0.0.1", "another")).as("a while later").startsWith("HTTP/1.1 404 ");
    }
}
