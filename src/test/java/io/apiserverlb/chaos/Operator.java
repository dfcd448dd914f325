package io.apiserverlb.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes the list over REST, and remembers what was acknowledged; one thread at a time. */
final class Operator {
    private static final String READY = "ready";
    private static final int FULL_WEIGHT = 100;

    private final Rest rest;
    private final Violations violations;
    private final List<String> managed;
    private final Map<String, String> admin = new HashMap<>();
    private final Map<String, Integer> weights = new HashMap<>();
    private long version = 1;

    Operator(Rest rest, List<String> managed, Violations violations) {
        this.rest = rest;
        this.managed = new ArrayList<>(managed);
        this.violations = violations;
    }

    void remove(String address) throws IOException, InterruptedException {
        List<String> next = new ArrayList<>(managed);
        next.remove(address);
        acknowledged(rest.change(204, "DELETE", path(address), ""), next);
    }

    void add(String address) throws IOException, InterruptedException {
        List<String> next = new ArrayList<>(managed);
        next.add(address);
        acknowledged(rest.change(201, "POST", "/lb/servers", "{\"address\":\"" + address + "\"}"), next);
    }

    void replace(String address, String by) throws IOException, InterruptedException {
        List<String> next = new ArrayList<>(managed);
        next.set(next.indexOf(address), by);
        String quoted = String.join("\",\"", next);
        acknowledged(rest.change(200, "PUT", "/lb/servers", "{\"serverAddresses\":[\"" + quoted + "\"]}"), next);
    }

    void admin(String address, String state) throws IOException, InterruptedException {
        long next = rest.change(200, "PATCH", path(address), "{\"admin\":\"" + state + "\"}");
        admin.put(address, state);
        acknowledged(next, List.copyOf(managed));
    }

    void weight(String address, int weight) throws IOException, InterruptedException {
        long next = rest.change(200, "PATCH", path(address), "{\"weight\":" + weight + "}");
        weights.put(address, weight);
        acknowledged(next, List.copyOf(managed));
    }

    private static String path(String address) {
        return "/lb/servers/" + address;
    }

    private void acknowledged(long next, List<String> list) throws IOException, InterruptedException {
        if (next < version) {
            violations.now("the version grows", version + " became " + next);
        }
        version = next;
        managed.clear();
        managed.addAll(list);
        compare("the list is what was acknowledged");
    }

    /** Compares what REST shows with what it has acknowledged. */
    void compare(String rule) throws IOException, InterruptedException {
        ListState shown = ListState.of(rest.get("/lb/servers"));
        if (!shown.equals(acknowledged())) {
            violations.now(rule, "acknowledged " + acknowledged() + ", shown " + shown);
        }
    }

    ListState acknowledged() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String address : managed) {
            settings.put(
                    address, admin.getOrDefault(address, READY) + " " + weights.getOrDefault(address, FULL_WEIGHT));
        }
        return new ListState(List.copyOf(managed), settings, version);
    }
}
