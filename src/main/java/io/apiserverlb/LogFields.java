package io.apiserverlb;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.ServerAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;
import org.springframework.core.env.Environment;

/**
 * Where the log is ECS's JSON, gives the lines of sessions and events their parts as fields: ECS's where there is one, else below {@code
 * apiserver_lb}. The log's own thread does it, from the finished line, so that sessions do not pay for it.
 */
final class LogFields implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {
    private static final String SESSIONS = "apiserver-lb.session";
    private static final String OWN = "apiserver_lb";
    private static final int SESSION_FIELDS = 9;
    /** First termination flags of those that nobody can be content with. */
    private static final String FAILED = "SsRI";

    private final boolean ecs;

    LogFields(Environment environment) {
        // Spring Boot takes the names of formats in either case.
        this.ecs = Stream.of("console", "file")
                .anyMatch(
                        where -> "ecs".equalsIgnoreCase(environment.getProperty("logging.structured.format." + where)));
    }

    @Override
    public void customize(JsonWriter.Members<ILoggingEvent> members) {
        if (ecs) {
            members.add()
                    .<String, Map<String, Object>>usingPairs(
                            (line, pairs) -> fields(line).forEach(pairs));
        }
    }

    private static Map<String, Map<String, Object>> fields(ILoggingEvent line) {
        Object[] arguments = line.getArgumentArray();
        if (arguments != null && arguments.length > 0 && arguments[arguments.length - 1] instanceof Event event) {
            return ofEvent(event);
        }
        if (line.getLevel() == Level.INFO && line.getLoggerName().equals(SESSIONS)) {
            List<String> parts = List.of(line.getFormattedMessage().split(" ", -1));
            return parts.size() == SESSION_FIELDS ? ofSession(parts) : Map.of();
        }
        return Map.of();
    }

    private static Map<String, Map<String, Object>> ofEvent(Event event) {
        Map<String, Map<String, Object>> fields = new LinkedHashMap<>();
        fields.put(
                "event",
                Map.of(
                        "kind", "event",
                        "id", event.id(),
                        "action", event.type().name().toLowerCase(Locale.ROOT).replace('_', '-')));
        ServerAddress server = event.server();
        if (server != null) {
            fields.put("server", endpoint(server.toString()));
        }
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("actor", event.actor());
        putIfThere(own, "before", event.before());
        putIfThere(own, "after", event.after());
        fields.put(OWN, own);
        return fields;
    }

    private static void putIfThere(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** In the order of the line. */
    private static Map<String, Map<String, Object>> ofSession(List<String> parts) {
        String balancer = parts.get(2).substring(0, parts.get(2).lastIndexOf('/'));
        String server = parts.get(2).substring(balancer.length() + 1);
        String[] times = parts.get(3).split("/", -1);
        String flags = parts.get(6);
        String retries = parts.get(7);

        Map<String, Map<String, Object>> fields = new LinkedHashMap<>();
        fields.put(
                "event",
                Map.of(
                        "kind",
                        "event",
                        "category",
                        List.of("network"),
                        "type",
                        List.of("connection", "end"),
                        "action",
                        "session-ended",
                        "outcome",
                        FAILED.indexOf(flags.charAt(0)) < 0 ? "success" : "failure",
                        "duration",
                        TimeUnit.MILLISECONDS.toNanos(Long.parseLong(times[2]))));
        fields.put("source", with(endpoint(parts.get(0)), "bytes", Long.valueOf(parts.get(4))));
        if (!server.equals("<NOSRV>")) {
            fields.put("server", with(endpoint(server), "bytes", Long.valueOf(parts.get(5))));
        }
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("name", balancer);
        own.put("listener", parts.get(1));
        own.put("flags", flags);
        own.put("queue_ms", Long.valueOf(times[0]));
        own.put("connect_ms", Long.valueOf(times[1]));
        own.put("retries", Integer.valueOf(retries.replace("+", "")));
        own.put("redispatched", retries.startsWith("+"));
        own.put("active", Integer.valueOf(parts.get(8)));
        fields.put(OWN, own);
        return fields;
    }

    private static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
        fields.put(name, value);
        return fields;
    }

    /** An address and a port, or the name of a caller in this process. */
    private static Map<String, Object> endpoint(String text) {
        Map<String, Object> fields = new LinkedHashMap<>();
        int colon = text.lastIndexOf(':');
        String host = (colon < 0 ? text : text.substring(0, colon)).replaceAll("[\\[\\]]", "");
        fields.put("address", host);
        // The last label of a name is never a number.
        if (host.indexOf(':') >= 0 || Character.isDigit(host.charAt(host.length() - 1))) {
            fields.put("ip", host);
        }
        if (colon >= 0) {
            fields.put("port", Integer.valueOf(text.substring(colon + 1)));
        }
        return fields;
    }
}
