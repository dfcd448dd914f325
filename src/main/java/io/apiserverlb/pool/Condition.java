package io.apiserverlb.pool;

import org.jspecify.annotations.Nullable;

/**
 * What checks and traffic make of a server; immutable.
 *
 * @param streak when its results last turned
 * @param flapping how often checks took it down lately
 * @param softIgnored whether its soft failures do not count, since every primary has them
 * @param slowStartFrom nano time at which it came back after a failure or {@code maint}, or null
 * @param requests for checks before they are due
 */
record Condition(
        Health health,
        Observed observed,
        Streak streak,
        Flapping flapping,
        boolean softIgnored,
        @Nullable Long slowStartFrom,
        Requests requests) {

    /** Of a server that nobody has seen yet. */
    static Condition unseen(Health health) {
        return new Condition(health, Observed.NOTHING, Streak.NONE, Flapping.NONE, false, null, Requests.NONE);
    }

    ServerState state() {
        return softIgnored ? health.stateIgnoringSoft() : health.state();
    }

    /** Whether it asked for no new sessions, and that counts. */
    boolean stopping() {
        return health.stopping() && !softIgnored;
    }

    /** Whether checks took it out of use, so that it loses its sessions; not if none has seen it yet. */
    boolean failedChecks() {
        return observed.check() != null && (down() || stopping());
    }

    /** Whether it is down, and not in the eyes of traffic alone. */
    boolean hardDown() {
        return streak.checkFailed() && health.failed();
    }

    /** Whether checks, or traffic and a check, took it down, or have not held it up yet. */
    boolean down() {
        return !health.up() || hardDown();
    }

    /** Whether it is known to have gone down since its failures began. */
    boolean isCountedAsDown() {
        Long since = streak.failingSince();
        return since != null && !flapping.downs().isEmpty() && flapping.downs().get(0) - since >= 0;
    }

    /** What is held against it: by traffic, else by the last check. */
    String reason() {
        if (health.up() && health.passive() > 0) {
            return "connections to it fail";
        }
        if (health.up() && !health.takesSessions()) {
            return "a check gets no answer while others do";
        }
        CheckResult check = observed.check();
        if (check == null) {
            return "not checked yet";
        }
        return observed.passed() ? "passes checks, but not for long enough" : check.code() + " " + check.detail();
    }

    Condition with(Health next) {
        return new Condition(next, observed, streak, flapping, softIgnored, slowStartFrom, requests);
    }

    Condition with(Observed next) {
        return new Condition(health, next, streak, flapping, softIgnored, slowStartFrom, requests);
    }

    Condition with(Streak next) {
        return new Condition(health, observed, next, flapping, softIgnored, slowStartFrom, requests);
    }

    /** @param rise the passes that it takes to be up as a rule */
    Condition with(Flapping next, int rise) {
        Health risen = health.withRise(next.rise(rise));
        return new Condition(risen, observed, streak, next, softIgnored, slowStartFrom, requests);
    }

    Condition withSoftIgnored(boolean next) {
        return new Condition(health, observed, streak, flapping, next, slowStartFrom, requests);
    }

    Condition withSlowStartFrom(@Nullable Long nanos) {
        return new Condition(health, observed, streak, flapping, softIgnored, nanos, requests);
    }

    Condition with(Requests next) {
        return new Condition(health, observed, streak, flapping, softIgnored, slowStartFrom, next);
    }
}
