package io.apiserverlb.pool;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One API server as of one moment: why it is in the list, what the operator wants of it, what checks and traffic make of it.
 *
 * @param since when its {@link #state} last changed
 * @param load counters; shared by all records of the same server
 */
public record Server(
        ServerAddress address, Place place, Setting setting, Condition condition, Instant since, Load load) {

    public Health health() {
        return condition.health();
    }

    /** What checks have seen of it so far. */
    public Observed observed() {
        return condition.observed();
    }

    /** Nano time of the first failure since all was well, of traffic or of a check; null while all is well. */
    public @Nullable Long failingSince() {
        return condition.streak().failingSince();
    }

    /** Nano time at which it came back after a failure or {@code maint}, or null. */
    public @Nullable Long slowStartFrom() {
        return condition.slowStartFrom();
    }

    /** Grows whenever a check is wanted at once. */
    public long checkRequests() {
        return condition.requests().all();
    }

    /** Grows whenever traffic wants a check, which then is to use a new connection and not to be patient. */
    public long doubts() {
        return condition.requests().doubts();
    }

    /** Whether it asked for no new sessions, and that counts. */
    public boolean stopping() {
        return condition.stopping();
    }

    /** How it is, in the word that operators see. */
    public ServerState state() {
        if (place.removingSince() != null) {
            return ServerState.REMOVING;
        }
        if (setting.admin() != AdminState.READY) {
            return setting.admin() == AdminState.MAINT ? ServerState.MAINT : ServerState.DRAIN;
        }
        return condition.state();
    }

    /** Whether new sessions may go to it. */
    public boolean usable() {
        return usableIgnoringSoft() && !condition.stopping();
    }

    boolean usableIgnoringSoft() {
        return eligible()
                && takesSessionsByAdmin()
                && place.removingSince() == null
                && condition.health().takesSessions();
    }

    boolean takesSessionsByAdmin() {
        return setting.admin() == AdminState.READY && setting.weight() > 0;
    }

    /** Whether it may be tried when no server is usable: everything but {@code maint}, a foreign server or an unresolved name. */
    boolean eligible() {
        return setting.admin() != AdminState.MAINT
                && observed().identity() != Certificate.Identity.REFUSED
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
        if (observed().identity() == Certificate.Identity.REFUSED) {
            return "refused: "
                    + Objects.requireNonNull(observed().certificate()).reason();
        }
        return switch (state()) {
            case REMOVING ->
                place.isDiscovered() ? "it left discovery" : place.hostname() + " no longer resolves to it";
            case MAINT -> "in maintenance";
            case DRAIN -> "being drained";
            default -> setting.weight() == 0 ? "weight 0" : condition.reason();
        };
    }

    Server with(Place nextPlace, Setting nextSetting) {
        return new Server(address, nextPlace, nextSetting, condition, since, load);
    }

    Server with(Condition next) {
        return new Server(address, place, setting, next, since, load);
    }

    Server with(Health next) {
        return with(condition.with(next));
    }

    Server withSoftIgnored(boolean next) {
        return next == condition.softIgnored() ? this : with(condition.withSoftIgnored(next));
    }

    Server withSince(Instant next) {
        return new Server(address, place, setting, condition, next, load);
    }
}
