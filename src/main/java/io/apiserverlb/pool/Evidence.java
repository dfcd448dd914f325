package io.apiserverlb.pool;

/** What checks and traffic make of a server; pure, times are nano times. */
record Evidence(Health.Thresholds thresholds, SlowStart slowStart) {

    /** The condition after a check. */
    Condition checked(Condition before, CheckReport report, long now) {
        Outcome outcome = report.result().outcome(before.observed().readyBefore());
        Health health = before.health().after(outcome);
        boolean wentDown = before.health().up() && !health.up();
        Flapping flapping =
                wentDown ? before.flapping().afterDown(now) : before.flapping().at(now);
        Condition checked = before.with(health)
                .with(before.observed().after(report, outcome))
                .with(before.streak().after(outcome, now))
                .with(flapping, thresholds.rise());
        boolean cameBack = before.failedChecks() && !checked.failedChecks();
        boolean slowStartOver = before.slowStartFrom() != null && slowStart.share(before.slowStartFrom(), now) >= 1;
        if (cameBack) {
            return checked.withSlowStartFrom(now);
        }
        return slowStartOver ? checked.withSlowStartFrom(null) : checked;
    }

    /** A connection is good when the server has said something on it: a frozen server accepts connections, too. */
    Condition answered(Condition before) {
        return before.with(before.health().afterGoodConnect())
                .with(before.streak().afterGoodConnect());
    }

    /**
     * The condition after the server was late: checked at once, unless it is in doubt and checked often anyway, or down, so that it is no
     * surprise.
     *
     * @param outpaced whether another server is asked beside
     */
    Condition late(Condition before, boolean outpaced) {
        if (!before.health().takesSessions()) {
            return before;
        }
        Condition late = outpaced ? before.with(before.health().afterSilence()) : before;
        return before.health().inDoubt() ? late : late.withCheckRequested();
    }

    /**
     * The condition after a failure of real traffic, which never makes the last usable server unusable, and has it looked into at once. Of
     * a server that is down already it is no news, and clients must not decide how often that one is checked.
     *
     * @param last whether the server is the only usable one
     */
    Condition failedToConnect(Condition before, boolean last, long now) {
        if (!before.health().takesSessions()) {
            return before;
        }
        Condition failing = before.with(before.streak().afterFailedConnect(now));
        Condition suspected = failing.with(before.health().afterFailedConnect()).withCheckRequested();
        if (last && !suspected.health().takesSessions()) {
            boolean checkIsUnderWay = before.streak().failingSince() != null;
            return checkIsUnderWay ? before : failing.withCheckRequested();
        }
        return suspected;
    }
}
