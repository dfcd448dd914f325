package io.apiserverlb.chaos;

import java.util.ArrayList;
import java.util.List;

/** What should not have been; safe for use by any thread. */
final class Violations {
    /**
     * One of them.
     *
     * @param at nano time
     */
    record Violation(long at, String rule, String evidence) {}

    private final List<Violation> all = new ArrayList<>();

    synchronized void add(long at, String rule, String evidence) {
        all.add(new Violation(at, rule, evidence));
        System.err.println("chaos: VIOLATION: " + rule + ": " + evidence);
    }

    void now(String rule, String evidence) {
        add(System.nanoTime(), rule, evidence);
    }

    synchronized List<Violation> all() {
        return List.copyOf(all);
    }
}
