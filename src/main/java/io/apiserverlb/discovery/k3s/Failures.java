package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.ServerAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Why none of the supervisors that were asked has named the servers. */
final class Failures {
    private static final int MOST_NAMED = 5;

    private final Map<Route, SupervisorException> failures = new LinkedHashMap<>();

    void add(Route route, SupervisorException failure) {
        failures.put(route, failure);
    }

    /** Whether all have another CA than the one that the token names. */
    boolean allHaveAWrongCa() {
        return !failures.isEmpty()
                && failures.values().stream().allMatch(failure -> failure.kind() == SupervisorException.Kind.WRONG_CA);
    }

    /** In words that are the same for the same troubles, in whatever order the supervisors were asked. */
    String describe() {
        Map<ServerAddress, String> direct = new TreeMap<>();
        failures.forEach((route, failure) -> {
            // What is wrong behind the gateway is wrong with one of the others, and it comes and goes with the health
            // of servers.
            if (!route.isGateway()) {
                direct.put(route.address(), failure.words());
            }
        });
        if (direct.isEmpty()) {
            return "there is no supervisor to ask but this balancer";
        }
        Map<String, List<String>> supervisorsByCause = new LinkedHashMap<>();
        direct.entrySet().stream()
                .limit(MOST_NAMED)
                .forEach(entry -> supervisorsByCause
                        .computeIfAbsent(entry.getValue(), cause -> new ArrayList<>())
                        .add(entry.getKey().toString()));
        List<String> troubles = new ArrayList<>();
        supervisorsByCause.forEach((cause, supervisors) -> troubles.add(String.join(", ", supervisors) + " " + cause));
        return "no supervisor names the servers: " + String.join("; ", troubles)
                + (direct.size() > MOST_NAMED ? "; and others" : "");
    }
}
