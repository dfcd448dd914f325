package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What browsers are told beside the answers, and how the dashboard's files reach them. */
@ApiTest
final class WebHeadersTest {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final int port;
    private final Client client;

    WebHeadersTest(@LocalServerPort int port) {
        this.port = port;
        this.client = new Client(port);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 200",
        "GET, /dashboard/uplot/uPlot.esm.js, 200",
        "GET, /dashboard/none.js, 404",
        "GET, /lb/servers, 200",
        "PUT, /lb, 405",
        "DELETE, /lb/servers/192.0.2.99, 404",
        "GET, /lb/failing, 500",
        "GET, /none, 404",
        "GET, /lb/servers/a%2Fb, 400",
        "GET, /actuator/health, 200",
        "GET, /v3/api-docs, 200",
        "GET, /swagger-ui/index.html, 200"
    })
    void areInEveryAnswer(String method, String path, int status) {
        Client.Answer answer = client.send(method, path, null);

        assertThat(answer.status()).isEqualTo(status);
        assertSecure(answer);
    }

    @Test
    void areInTheAnswersToWhatIsRefused() throws Exception {
        Client.Answer foreign = client.get("/", "Origin", "http://evil.example");
        String invalid = new RawClient(port).exchange("GET /l{b HTTP/1.1", "Host: localhost");

        assertThat(foreign.status()).isEqualTo(403);
        assertSecure(foreign);
        assertThat(invalid)
                .startsWith("HTTP/1.1 400 ")
                .contains(
                        "\r\nX-Content-Type-Options: nosniff\r\n",
                        "\r\nX-Frame-Options: DENY\r\n",
                        "\r\nReferrer-Policy: no-referrer\r\n");
    }

    private static void assertSecure(Client.Answer answer) {
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html",
        "/index.html, text/html",
        "/dashboard/uplot/uPlot.esm.js, text/javascript",
        "/dashboard/uplot/uPlot.min.css, text/css"
    })
    void letTheDashboardLoadNothingFromElsewhere(String path, String type) {
        Client.Answer answer = client.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith(type);
        assertThat(answer.header("Content-Security-Policy")).isEqualTo(POLICY);
    }

    @Test
    void areStrictWhereThereIsNoSuchFile() {
        assertThat(client.get("/dashboard/none.js").header("Content-Security-Policy"))
                .isEqualTo(POLICY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lb", "/v3/api-docs", "/swagger-ui/index.html"})
    void leaveOthersPagesAsTheyAre(String path) {
        Client.Answer answer = client.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("Content-Security-Policy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/dashboard/uplot/uPlot.esm.js"})
    void haveFilesSentAgainOnlyIfTheyHaveChanged(String path) {
        Client.Answer first = client.get(path);
        String tag = String.valueOf(first.header("ETag"));

        Client.Answer same = client.get(path, "If-None-Match", tag);
        Client.Answer changed = client.get(path, "If-None-Match", "\"another\"");

        assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(first.headers()).doesNotContainKey("Last-Modified"); // it is the same in every build
        assertThat(tag).startsWith("\"");
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header("ETag")).isEqualTo(tag);
        assertThat(same.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(same.body()).isEmpty();
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(first.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/dashboard/uplot/uPlot.esm.js", "/lb/live"})
    void doNotReplaceTheAccessRules(String path) throws Exception {
        assertThat(new RawClient(port).exchange("GET " + path + " HTTP/1.1", "Host: evil.example"))
                .startsWith("HTTP/1.1 403 ")
                .contains("application/problem+json");
        assertThat(client.get(path, "Origin", "http://evil.example").status()).isEqualTo(403);
        assertThat(client.get(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors")
                        .status())
                .isEqualTo(403);
    }
}
