package io.apiserverlb.chaos;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;

/** What must add up while no client is there, in the life of one balancer. */
record Accounts(Rest rest, Life life, Violations violations) {
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(5);
    /** What a server may have been told before another one took its place: a ClientHello, and then it was one more session. */
    private static final long TOLD = 2_000;

    private static final int RIVALS = 2;

    /** @param steady addresses that were never off the list in this life: the counters of others began anew */
    void check(Set<String> steady) throws IOException, InterruptedException {
        until(
                "no session is left when all clients have gone",
                () -> rest.get("/lb/connections").isEmpty());
        Counters counters = Counters.parse(rest.text("/actuator/prometheus"));
        equal(
                "no session is left when all clients have gone",
                "apiserver_lb_connections",
                0,
                counters.of("connections"));
        JsonNode servers = rest.get("/lb/servers").get("servers");
        for (JsonNode server : servers) {
            one(server, counters);
        }
        until("the log has a line for each session", () -> missing(steady, counters) >= 0);
        lines(steady, counters);
    }

    private void one(JsonNode server, Counters counters) {
        String address = server.get("address").asString();
        JsonNode shown = server.get("connections");
        long total = counters.of("connections_total", address);
        equal(
                "what was opened is closed or live",
                "sessions of " + address,
                total,
                counters.of("sessions_closed_total", address));
        equal(
                "what was opened is closed or live",
                "active of " + address,
                0,
                shown.get("active").asLong());
        equal(
                "REST and metrics count the same",
                "total of " + address,
                total,
                shown.get("total").asLong());
        equal(
                "REST and metrics count the same",
                "bytes from clients of " + address,
                counters.of("bytes_total in", address),
                shown.get("bytesIn").asLong());
        equal(
                "REST and metrics count the same",
                "bytes to clients of " + address,
                counters.of("bytes_total out", address),
                shown.get("bytesOut").asLong());
    }

    /** How many sessions the counters know of that the log does not. */
    private long missing(Set<String> steady, Counters counters) {
        List<SessionLine> lines = lines(steady);
        long counted = steady.stream()
                .mapToLong(address -> counters.of("connections_total", address))
                .sum();
        return lines.size() - counted + retried();
    }

    private List<SessionLine> lines(Set<String> steady) {
        return life.sessions().stream()
                .filter(line -> line.wasServed() && steady.contains(line.server()))
                .toList();
    }

    private long retried() {
        return RIVALS * life.sessions().stream().filter(SessionLine::retried).count();
    }

    private void lines(Set<String> steady, Counters counters) {
        List<SessionLine> lines = lines(steady);
        long retried = retried();
        for (String address : steady) {
            List<SessionLine> own =
                    lines.stream().filter(line -> line.server().equals(address)).toList();
            atMost("sessions of " + address, own.size(), counters.of("connections_total", address), retried);
            atMost(
                    "bytes from clients of " + address,
                    own.stream().mapToLong(SessionLine::bytesIn).sum(),
                    counters.of("bytes_total in", address),
                    retried * TOLD);
            atMost(
                    "bytes to clients of " + address,
                    own.stream().mapToLong(SessionLine::bytesOut).sum(),
                    counters.of("bytes_total out", address),
                    0);
        }
    }

    private void until(String rule, Callable<Boolean> condition) {
        try {
            await().atMost(SETTLED_WITHIN).until(condition);
        } catch (ConditionTimeoutException e) {
            violations.now(rule, "not within " + SETTLED_WITHIN.toSeconds() + " s: " + show());
        }
    }

    private String show() {
        try {
            return rest.text("/lb/connections") + " " + rest.text("/lb/servers");
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    private void equal(String rule, String what, long expected, long real) {
        if (expected != real) {
            violations.now(rule, "balancer " + life.number() + ": " + what + ": " + expected + " and " + real);
        }
    }

    private void atMost(String what, long logged, long counted, long more) {
        if (logged > counted || counted > logged + more) {
            violations.now(
                    "log and metrics count the same",
                    "balancer " + life.number() + ": " + what + ": the log has " + logged + ", metrics " + counted
                            + ", which may be up to " + more + " more");
        }
    }
}
