package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log in JSON. */
class LogFieldsTest {
    private static final String SESSION = "apiserver-lb.session";
    private static final String LINE =
            "10.1.2.3:40662 [::1]:6444 apiserver/192.168.1.229:6443 0/2/15004 1456 5678 -- +1 3";

    private final LoggerContext context = new LoggerContext();

    LogFieldsTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void givesTheFieldsOfASession() {
        JsonNode json = encode("ecs", line(SESSION, Level.INFO, LINE));

        assertThat(json.get("message").stringValue()).isEqualTo(LINE);
        assertThat(json.get("source"))
                .isEqualTo(json("{'address': '10.1.2.3', 'ip': '10.1.2.3', 'port': 40662, 'bytes': 1456}"));
        assertThat(json.get("server"))
                .isEqualTo(json("{'address': '192.168.1.229', 'ip': '192.168.1.229', 'port': 6443, 'bytes': 5678}"));
        assertThat(json.at("/event/duration").longValue()).isEqualTo(15_004_000_000L);
        assertThat(json.at("/event/action").stringValue()).isEqualTo("session-ended");
        assertThat(json.at("/event/outcome").stringValue()).isEqualTo("success");
        assertThat(json.get("apiserver_lb"))
                .isEqualTo(json("{'name': 'apiserver', 'listener': '[::1]:6444', 'flags': '--', 'queue_ms': 0,"
                        + " 'connect_ms': 2, 'retries': 1, 'redispatched': true, 'active': 3}"));
    }

    @Test
    void givesTheFieldsOfASessionOfTheBalancersOwnThatFoundNoServer() {
        JsonNode json =
                encode("ecs", line(SESSION, Level.INFO, "discovery 127.0.0.1:6444 a/b/<NOSRV> -1/-1/3 0 0 SC 0 0"));

        assertThat(json.get("source")).isEqualTo(json("{'address': 'discovery', 'bytes': 0}"));
        assertThat(json.has("server")).isFalse();
        assertThat(json.at("/event/outcome").stringValue()).isEqualTo("failure");
        assertThat(json.at("/apiserver_lb/name").stringValue()).isEqualTo("a/b");
    }

    @Test
    void givesTheFieldsOfAnEvent() {
        Event event = new Event(
                "boot-1",
                Instant.EPOCH,
                Event.Type.SERVER_STATE,
                Event.Severity.WARN,
                new ServerAddress("2001:db8::1", 6443),
                "check",
                "it \"failed\"",
                "up",
                "down");

        JsonNode json =
                encode("ecs", line("apiserver-lb.event", Level.WARN, "{} [{}]", event.message(), "check", event));

        assertThat(json.get("message").stringValue()).isEqualTo("it \"failed\" [check]");
        assertThat(json.get("event")).isEqualTo(json("{'kind': 'event', 'id': 'boot-1', 'action': 'server-state'}"));
        assertThat(json.get("server")).isEqualTo(json("{'address': '2001:db8::1', 'ip': '2001:db8::1', 'port': 6443}"));
        assertThat(json.get("apiserver_lb")).isEqualTo(json("{'actor': 'check', 'before': 'up', 'after': 'down'}"));
    }

    @Test
    void takesTheNameOfTheFormatInEitherCase() {
        assertThat(encode("ECS", line(SESSION, Level.INFO, LINE)).has("source")).isTrue();
    }

    @Test
    void leavesOtherLinesAndOtherFormatsAsTheyAre() {
        assertThat(encode("ecs", line(SESSION, Level.WARN, LINE)).has("source")).isFalse();
        assertThat(encode("ecs", line("other", Level.INFO, LINE)).has("source")).isFalse();
        assertThat(encode("gelf", line(SESSION, Level.INFO, LINE)).has("source"))
                .isFalse();
    }

    private LoggingEvent line(String logger, Level level, String message, Object... arguments) {
        return new LoggingEvent(
                LogFieldsTest.class.getName(), context.getLogger(logger), level, message, null, arguments);
    }

    private JsonNode encode(String format, ILoggingEvent line) {
        context.putObject(
                Environment.class.getName(),
                new MockEnvironment().withProperty("logging.structured.format.console", format));
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        String text = new String(encoder.encode(line), StandardCharsets.UTF_8);

        assertThat(text).endsWith("}\n");
        assertThat(text.strip()).doesNotContain("\n");
        return JsonMapper.shared().readTree(text);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
