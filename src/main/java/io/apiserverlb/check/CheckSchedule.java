package io.apiserverlb.check;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.Server;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** When one server is checked: never twice at a time. Belongs to the event loop. */
final class CheckSchedule {
    private final Checker.Settings settings;
    private final Probe probe;
    private final Surroundings surroundings;
    private final Lateness lateness;
    private final Consumer<CheckReport> results;

    private @Nullable Server server;
    private @Nullable Attempt running;
    private @Nullable Timer next;
    private boolean started;
    private boolean stopped;
    private long startedAt;
    /** By how much the next interval differs from its nominal length. */
    private double stretch;

    private long requestsHeard;
    private long doubtsHeard;

    /** @param phase the share of the first interval to let pass */
    CheckSchedule(
            Checker.Settings settings,
            Probe probe,
            double phase,
            Surroundings surroundings,
            Lateness lateness,
            Consumer<CheckReport> results) {
        this.settings = settings;
        this.probe = probe;
        this.stretch = phase;
        this.surroundings = surroundings;
        this.lateness = lateness;
        this.results = results;
    }

    /** Goes by what is known of the server now; the first call starts the first check. */
    void update(Server latest) {
        if (server == null) {
            heard(latest); // the first check comes at once anyway
        }
        server = latest;
        Attempt present = running;
        if (present != null && !present.isDoubted() && isDoubted(latest)) {
            hurry(present, latest);
        } else {
            arm();
        }
    }

    private void heard(Server latest) {
        requestsHeard = latest.checkRequests();
        doubtsHeard = latest.doubts();
    }

    /** The check that is under way may tell already what is asked; another one follows unless it begins anew. */
    private void hurry(Attempt present, Server latest) {
        boolean anew = present.doubt();
        lateness.watch(present);
        if (anew) {
            heard(latest);
            probe.begin(present);
        }
    }

    void stop() {
        stopped = true;
        disarm();
        if (running != null) {
            running.cancel();
        }
        probe.close();
    }

    private void arm() {
        Server latest = server;
        if (latest == null || running != null || stopped) {
            return;
        }
        disarm();
        long wait = started ? startedAt + gap(latest) - surroundings.now() : 0;
        next = surroundings.after(wait, () -> check(latest));
    }

    private void disarm() {
        if (next != null) {
            next.cancel();
        }
    }

    private long gap(Server latest) {
        long usual = (long) (Pace.interval(settings, latest.health()).toNanos() * stretch);
        // Traffic asks with every connection that fails, which may be a thousand times a second.
        return isWanted(latest) ? Math.min(usual, Checker.Settings.MIN_INTERVAL.toNanos()) : usual;
    }

    private boolean isWanted(Server latest) {
        return latest.checkRequests() > requestsHeard;
    }

    private boolean isDoubted(Server latest) {
        return latest.doubts() > doubtsHeard;
    }

    private void check(Server latest) {
        if (started) {
            stretch = surroundings.about(settings.jitter());
        }
        started = true;
        startedAt = surroundings.now();
        boolean wanted = isWanted(latest);
        boolean doubted = isDoubted(latest);
        heard(latest);
        Attempt attempt =
                new Attempt(latest, wanted, doubted, settings.type(), settings.timeout(), surroundings, this::ended);
        running = attempt;
        if (doubted) {
            lateness.watch(attempt);
        }
        probe.begin(attempt);
    }

    private void ended(CheckReport report) {
        running = null;
        try {
            results.accept(report);
        } finally {
            // The pool answers with a new list, and that may bring the next check forward.
            arm();
        }
    }
}
