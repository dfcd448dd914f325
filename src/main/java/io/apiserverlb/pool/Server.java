package io.apiserverlb.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One API server as of one moment: why it is in the list, what the operator wants of it, what checks say of it.
 *
 * @param since when its {@link #state} last changed
 * @param streak when its results last turned
 * @param flapping how often checks took it down lately
 * @param slowStartFrom nano time at which it came back after a failure or {@code maint}, or null
 * @param softIgnored whether its soft failures do not count, since every primary has them
 * @param checkRequests grows whenever a check is wanted at once
 * @param load counters; shared by all records of the same server
 */
public record Server(
        ServerAddress address,
        Place place,
        Setting setting,
        Health health,
        Observed observed,
        Streak streak,
        Flapping flapping,
        Instant since,
        @Nullable Long slowStartFrom,
        boolean softIgnored,
        long checkRequests,
        Load load) {

    /** The name of its condition, as operators see it. */
    public ServerState state() {
        if (place.removingSince() != null) {
            return ServerState.REMOVING;
        }
        if (setting.admin() != AdminState.READY) {
            return setting.admin() == AdminState.MAINT ? ServerState.MAINT : ServerState.DRAIN;
        }
        return softIgnored ? health.stateIgnoringSoft() : health.state();
    }

    /** Whether new sessions may go to it. */
    public boolean usable() {
        return usableIgnoringSoft() && (softIgnored || !health.stopping());
    }

    boolean usableIgnoringSoft() {
        return eligible() && takesSessionsByAdmin() && place.removingSince() == null && health.takesSessions();
    }

    /** Whether checks took it out of use, so that it loses its sessions; not if none has seen it yet. */
    boolean failedChecks() {
        boolean held = health.up() && (softIgnored || !health.stopping());
        return observed.check() != null && !held;
    }

    /** Nano time of the first failure since all was well, of traffic or of a check; null while all is well. */
    public @Nullable Long failingSince() {
        return streak.failingSince();
    }

    /** Whether it is down, and not in the eyes of traffic alone. */
    boolean hardDown() {
        return streak.checkFailed() && !health.takesSessions();
    }

    boolean takesSessionsByAdmin() {
        return setting.admin() == AdminState.READY && setting.weight() > 0;
    }

    /** Whether it may be tried when no server is usable: everything but {@code maint}, a foreign server or an unresolved name. */
    boolean eligible() {
        return setting.admin() != AdminState.MAINT
                && observed.identity() != Certificate.Identity.REFUSED
                && !address.isName();
    }

    /** Whether checks run: always but in {@code maint} and for a name that has not been resolved. */
    public boolean checkable() {
        return setting.admin() != AdminState.MAINT && !address.isName();
    }

    /** Why it takes no new sessions, in words; empty if it does. */
    public String reason() {
        if (usable()) {
            return "";
        }
        if (address.isName()) {
            return "the name has not been resolved";
        }
        if (observed.identity() == Certificate.Identity.REFUSED) {
            Certificate certificate = observed.certificate();
            return "refused: " + (certificate == null ? "" : certificate.reason());
        }
        return switch (state()) {
            case REMOVING -> "it left discovery";
            case MAINT -> "in maintenance";
            case DRAIN -> "being drained";
            default -> setting.weight() == 0 ? "weight 0" : healthReason();
        };
    }

    /** What is held against its health: by traffic, else by the last check. */
    String healthReason() {
        if (health.up() && health.passive() > 0) {
            return "connections to it fail";
        }
        CheckResult check = observed.check();
        if (check == null) {
            return "not checked yet";
        }
        boolean passed = check.outcome(observed.readyBefore()) == Outcome.PASS;
        return passed ? "passes checks, but not for long enough" : check.code() + " " + check.detail();
    }

    Server with(Place next) {
        return new Server(
                address,
                next,
                setting,
                health,
                observed,
                streak,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server with(Setting next) {
        return new Server(
                address,
                place,
                next,
                health,
                observed,
                streak,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server with(Health next) {
        return new Server(
                address,
                place,
                setting,
                next,
                observed,
                streak,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server with(Observed next) {
        return new Server(
                address,
                place,
                setting,
                health,
                next,
                streak,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server with(Streak next) {
        return new Server(
                address,
                place,
                setting,
                health,
                observed,
                next,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    /** @param rise the passes that it takes to be up as a rule */
    Server with(Flapping next, int rise) {
        return new Server(
                address,
                place,
                setting,
                health.withRise(next.rise(rise)),
                observed,
                streak,
                next,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server withSoftIgnored(boolean next) {
        return next == softIgnored
                ? this
                : new Server(
                        address,
                        place,
                        setting,
                        health,
                        observed,
                        streak,
                        flapping,
                        since,
                        slowStartFrom,
                        next,
                        checkRequests,
                        load);
    }

    Server withSlowStartFrom(@Nullable Long nanos) {
        return new Server(
                address,
                place,
                setting,
                health,
                observed,
                streak,
                flapping,
                since,
                nanos,
                softIgnored,
                checkRequests,
                load);
    }

    Server withSince(Instant next) {
        return new Server(
                address,
                place,
                setting,
                health,
                observed,
                streak,
                flapping,
                next,
                slowStartFrom,
                softIgnored,
                checkRequests,
                load);
    }

    Server withCheckRequested() {
        return new Server(
                address,
                place,
                setting,
                health,
                observed,
                streak,
                flapping,
                since,
                slowStartFrom,
                softIgnored,
                checkRequests + 1,
                load);
    }
}
