package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.BadInputs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** Requests that no client of the API sends by accident, byte by byte. */
@ApiTest
final class BadRequestsTest {
    private static final String HOST = "Host: localhost";
    private static final String JSON = "Content-Type: application/json";
    private static final String SERVER = "/lb/servers/192.0.2.10:6443";
    private static final Pattern DETAIL = Pattern.compile("\"detail\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final JsonMapper JSON_TEXT = JsonMapper.shared();
    private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3})");

    private final RawClient client;
    private final ServerPool pool;
    private final BadInputs table = new BadInputs("REST");

    BadRequestsTest(@LocalServerPort int port, ServerPool pool) {
        this.client = new RawClient(port);
        this.pool = pool;
    }

    @Test
    void areAnsweredAsDocumentedAndChangeNothing() throws IOException {
        ApiUnderTest.reset(pool, "192.0.2.10:6443");
        long version = pool.list().version();

        bodies();
        typesOfBodies();
        lengths();
        lines();
        paths();
        parameters();
        headers();

        assertThat(pool.list().version()).isEqualTo(version);
        table.requireDocumented();
    }

    private void bodies() {
        String many = IntStream.range(0, 1_001).mapToObj(i -> "\"a" + i + "\"").collect(Collectors.joining(","));
        put("a body longer than 1 MiB", "{\"serverAddresses\":[]" + " ".repeat(1024 * 1024) + "}");
        put("1,001 addresses", "{\"serverAddresses\":[" + many + "]}");
        put(
                "1,001 bad addresses",
                "{\"serverAddresses\":[" + many.replace("a", "a b").substring(7) + "]}");
        String unknown =
                IntStream.range(0, 3_000).mapToObj(i -> "\"k" + i + "\":0").collect(Collectors.joining(","));
        patch("3,000 unknown properties", "{" + unknown + "}");
        patch("an empty body", "");
        patch("a body of blanks", "  ");
        patch("null", "null");
        patch("an array", "[]");
        patch("no property", "{}");
        patch("a body that ends early", "{\"weight\":");
        patch("text after the object", "{\"weight\":1}{}");
        patch("a property twice", "{\"weight\":1,\"weight\":2}");
        patch("a comment", "/* */{\"weight\":1}");
        patch("single quotes", "{'weight':1}");
        patch("a comma too many", "{\"weight\":1,}");
        patch("a leading zero", "{\"weight\":01}");
        patch("NaN", "{\"weight\":NaN}");
        patch("a fraction", "{\"weight\":1.0}");
        patch("a number beyond all bounds", "{\"weight\":1e999}");
        patch("a long list", "{\"admin\":[" + "\"10.0.0.1\",".repeat(99) + "0]}");
        patch("a number of 90 digits", "{\"weight\":" + "9".repeat(90) + "}");
        patch("a number of 1,000 digits", "{\"weight\":" + "9".repeat(1_000) + "}");
        patch("600 levels", "{\"admin\":" + "[".repeat(600) + "]".repeat(600) + "}");
        patch("15 levels", "{\"admin\":" + "[".repeat(14) + "]".repeat(14) + "}");
        patch("a text of 20,000 characters", "{\"admin\":\"" + "a".repeat(20_000) + "\"}");
        patch("a name of 2,000 characters", "{\"" + "n".repeat(2_000) + "\":1}");
        patch("a control character", "{\"admin\":\"a\nb\"}");
        patch("an escaped line end", "{\"admin\":\"a\\nb\"}");
        patch("NUL", "{\"admin\":\"a\0b\"}");
        patch("an escaped NUL", "{\"admin\":\"a\\u0000b\"}");
        patch("half a surrogate pair", "{\"admin\":\"\\ud800\"}");
        patch("half a surrogate pair as a name", "{\"\\ud800\":1}");
        patch("bytes that are not UTF-8", "{\"admin\":\"\u00ff\u00fe\"}");
        patch("an overlong form of UTF-8", "{\"admin\":\"\u00c0\u00af\"}");
        patch("UTF-16", "\0{\0\"\0w\0e\0i\0g\0h\0t\0\"\0:\0" + "1\0}");
        send("an address that is a path", "POST /lb/servers HTTP/1.1", "{\"address\":\"../../etc/passwd\"}", JSON);
        send("an address with a line end", "POST /lb/servers HTTP/1.1", "{\"address\":\"a\\r\\nb\"}", JSON);
        send("a null address", "POST /lb/servers HTTP/1.1", "{\"address\":null}", JSON);
    }

    private void typesOfBodies() {
        String body = "{\"weight\":1}";
        String line = "PATCH " + SERVER + " HTTP/1.1";
        send("a body without a type", line, body);
        send("neither a body nor a type", line, "");
        send("a form", line, body, "Content-Type: application/x-www-form-urlencoded");
        send("a multipart form", line, body, "Content-Type: multipart/form-data; boundary=x");
        send("a multipart form without a boundary", line, body, "Content-Type: multipart/form-data");
        send("plain text", line, body, "Content-Type: text/plain");
        send("a type of nonsense", line, body, "Content-Type: ;;;");
        send("two types", line, body, JSON + ", text/plain");
        send("a merge patch", line, body, "Content-Type: application/merge-patch+json");
        send("a body with gzip", line, gzip(body), JSON, "Content-Encoding: gzip");
        send("a body that is only said to be gzip", line, body, JSON, "Content-Encoding: gzip");
        send("a bomb of gzip", line, gzip(" ".repeat(4 * 1024 * 1024)), JSON, "Content-Encoding: gzip");
    }

    private void lengths() {
        String line = "PATCH " + SERVER + " HTTP/1.1";
        raw(
                "Content-Length and Transfer-Encoding",
                line,
                HOST,
                JSON,
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                "",
                "2",
                "{}",
                "0",
                "",
                "");
        raw("two different Content-Lengths", line, HOST, JSON, "Content-Length: 2", "Content-Length: 3", "", "{} ");
        raw("a negative Content-Length", line, HOST, JSON, "Content-Length: -1", "", "{}");
        raw("a Content-Length of letters", line, HOST, JSON, "Content-Length: many", "", "{}");
        raw("a Content-Length beyond all bounds", line, HOST, JSON, "Content-Length: 99999999999999999999", "", "{}");
        raw("a chunk size of letters", line, HOST, JSON, "Transfer-Encoding: chunked", "", "zz", "{}", "0", "", "");
        raw(
                "a chunk size beyond all bounds",
                line,
                HOST,
                JSON,
                "Transfer-Encoding: chunked",
                "",
                "fffffffffffffffff",
                "{}");
        raw("a negative chunk size", line, HOST, JSON, "Transfer-Encoding: chunked", "", "-1", "{}");
        raw("a chunk longer than it says", line, HOST, JSON, "Transfer-Encoding: chunked", "", "1", "{}", "0", "", "");
        raw("an unknown Transfer-Encoding", line, HOST, JSON, "Transfer-Encoding: xchunked", "", "{}");
        raw("Transfer-Encoding: gzip, chunked", line, HOST, JSON, "Transfer-Encoding: gzip, chunked", "", "0", "", "");
        raw(
                "chunked with HTTP/1.0",
                "PATCH " + SERVER + " HTTP/1.0",
                HOST,
                JSON,
                "Transfer-Encoding: chunked",
                "",
                "0",
                "",
                "");
        raw("an expectation nobody knows", line, HOST, JSON, "Expect: 200-ok", "Content-Length: 2", "", "{}");
        raw(
                "a request for a while to think",
                line,
                HOST,
                JSON,
                "Expect: 100-continue",
                "Connection: close",
                "Content-Length: 2",
                "",
                "{}");
    }

    private void lines() {
        get("HTTP/0.9", "GET /lb");
        get("HTTP/1.2", "GET /lb HTTP/1.2");
        get("HTTP/2.0", "GET /lb HTTP/2.0");
        get("HTTP/9.9", "GET /lb HTTP/9.9");
        get("no version but a word", "GET /lb HTTPS/1.1");
        get("TRACE", "TRACE /lb HTTP/1.1");
        get("CONNECT", "CONNECT example.com:443 HTTP/1.1");
        get("a method nobody knows", "BREW /lb HTTP/1.1");
        get("PROPFIND", "PROPFIND /lb HTTP/1.1");
        get("a method in lower case", "get /lb HTTP/1.1");
        get("a method with a colon", "GE:T /lb HTTP/1.1");
        get("OPTIONS *", "OPTIONS * HTTP/1.1");
        get("GET *", "GET * HTTP/1.1");
        get("the URL of another host", "GET http://evil.example/lb HTTP/1.1");
        get("tabs between the words", "GET\t/lb\tHTTP/1.1");
        raw("TLS", "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003");
        raw("HTTP/2 at once", "PRI * HTTP/2.0", "", "SM", "", "");
    }

    private void paths() {
        for (String path : new String[] {
            "//lb/servers",
            "/lb//servers",
            "/lb/./servers",
            "/x/../lb/servers",
            "/../lb",
            "/lb/%2e%2e/lb",
            "/lb%2fservers",
            "/lb%5cservers",
            "/lb\\servers",
            "/lb;jsessionid=1/servers",
            "/lb/servers;a=b",
            "/%6cb/servers",
            "/%256cb/servers",
            "/LB/SERVERS",
            "/lb/servers/",
            "/lb/servers.json",
            "/lb/servers/%00",
            "/lb/servers/%",
            "/lb/servers/%zz",
            "/lb/servers/%c0%ae",
            "/lb/servers/%ff",
            "/lb/servers/a%0d%0ab",
            "/lb/servers/%E2%80%A8",
            "/lb/servers/::1",
            "/lb/servers/[::1",
            "/lb/servers/192.0.2.10:0",
            "/lb/servers/http:%2f%2fa",
            "/lb/connections/%2e",
            "/actuator/env",
            "/actuator/../lb",
            "/WEB-INF/web.xml",
            "/application.yml",
            "/index.html%00.js"
        }) {
            get(path, "GET " + path + " HTTP/1.1");
        }
        get("a URL of 10,000 characters", "GET /lb/" + "a".repeat(10_000) + " HTTP/1.1");
        get("a path of 1,000 levels", "GET " + "/a".repeat(1_000) + " HTTP/1.1");
    }

    private void parameters() {
        for (String query : new String[] {
            "dryRun=maybe", "dryRun=", "dryRun", "dryRun=true&dryRun=false", "dryrun=true", "force=true"
        }) {
            send("?" + query, "PATCH " + SERVER + "?" + query + " HTTP/1.1", "{\"weight\":1}", JSON);
        }
        for (String query : new String[] {
            "limit=0",
            "limit=1001",
            "limit=-1",
            "limit=1e3",
            "limit=%00",
            "limit=1&limit=2",
            "server=a%20b",
            "server=%0d%0a"
        }) {
            get("/lb/connections?" + query, "GET /lb/connections?" + query + " HTTP/1.1");
        }
        for (String query :
                new String[] {"client=localhost", "client=", "client=10.0.0.256", "client=fe80::1%25eth0", "client=%ff"
                }) {
            get("/lb/why?" + query, "GET /lb/why?" + query + " HTTP/1.1");
        }
        String many = IntStream.range(0, 2_000).mapToObj(i -> "a=1").collect(Collectors.joining("&"));
        get("2,000 parameters that nobody asks for", "GET /lb?" + many + " HTTP/1.1");
        get("2,000 parameters", "GET /lb/why?" + many + " HTTP/1.1");
        get("a parameter with a bad escape", "GET /lb/why?client=%zz HTTP/1.1");
    }

    private void headers() {
        String line = "GET /lb HTTP/1.1";
        raw("no Host", line, "Connection: close", "", "");
        raw("two Hosts", line, HOST, HOST, "", "");
        raw("a Host with a blank", line, "Host: local host", "", "");
        raw("a Host with a path", line, "Host: localhost/lb", "", "");
        raw("a Host with a port beyond all bounds", line, "Host: localhost:99999", "Connection: close", "", "");
        raw("a header without a colon", line, HOST, "nonsense", "Connection: close", "", "");
        raw("a blank before a colon", line, HOST, "X : a", "Connection: close", "", "");
        raw("a header that goes on in the next line", line, HOST, "X: a", " b", "Connection: close", "", "");
        raw("NUL in a header", line, HOST, "X: \0", "Connection: close", "", "");
        raw("a header of 10,000 characters", line, HOST, "X: " + "a".repeat(10_000), "", "");
        String many = IntStream.range(0, 200).mapToObj(i -> "X" + i + ": a").collect(Collectors.joining("\r\n"));
        raw("200 headers", line, HOST, many, "", "");
        raw("only line feeds", line + "\n" + HOST + "\nConnection: close\n\n");
        for (String version :
                new String[] {"7", "\"7", "\"7\" \"8\"", "W/7", "\"a\u00ff\"", "*, \"7\"", "\"99999999999999999999\""
                }) {
            send(
                    "If-Match: " + version,
                    "PATCH " + SERVER + " HTTP/1.1",
                    "{\"weight\":1}",
                    JSON,
                    "If-Match: " + version);
        }
        for (String accept : new String[] {"nonsense", ";;;", "application/xml", "text/plain;q=2"}) {
            send("Accept: " + accept, "GET /lb/servers HTTP/1.1", "", "Accept: " + accept);
        }
        send("Accept: text/event-stream of a list", "GET /lb/servers HTTP/1.1", "", "Accept: text/event-stream");
        send("a range of bytes", "GET /lb/servers HTTP/1.1", "", "Range: bytes=0-1");
        send("an upgrade to HTTP/2", line, "", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
        send("an upgrade to WebSocket", line, "", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        send(
                "another method behind the method",
                "POST /lb/servers HTTP/1.1",
                "{\"address\":\"\"}",
                JSON,
                "X-HTTP-Method-Override: DELETE");
        send("a body with GET", "GET /lb HTTP/1.1", "{}", JSON);
    }

    private void put(String name, String body) {
        send(name, "PUT /lb/servers HTTP/1.1", body, JSON);
    }

    private void patch(String name, String body) {
        send(name, "PATCH " + SERVER + " HTTP/1.1", body, JSON);
    }

    private void get(String name, String line) {
        raw(name, line, HOST, "Connection: close", "", "");
    }

    /** @param body a character for each byte */
    private void send(String name, String line, String body, String... headers) {
        String all = String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n");
        raw(name, line, HOST, "Connection: close", all + "Content-Length: " + body.length(), "", body);
    }

    private void raw(String name, String... lines) {
        try {
            String answer = client.send(String.join("\r\n", lines));
            Matcher status = STATUS.matcher(answer.replaceFirst("^HTTP/1\\.1 100 [^\r]*\r\n\r\n", ""));
            Matcher detail = DETAIL.matcher(answer);
            table.tried(
                    name,
                    status.find() ? status.group(1) : answer.isEmpty() ? "closed" : "not HTTP/1.1",
                    detail.find()
                            ? withoutVersion(JSON_TEXT.readValue("\"" + detail.group(1) + "\"", String.class))
                            : "");
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static String gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** It counts what other tests have done before. */
    private static String withoutVersion(String detail) {
        return detail.replaceFirst("is at version \\d+", "is at version 8");
    }
}
