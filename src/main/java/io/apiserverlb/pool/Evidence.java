package io.apiserverlb.pool;

/** What checks and traffic make of a server; pure, times are nano times. */
record Evidence(Health.Thresholds thresholds, SlowStart slowStart) {

    /** The condition after a check. */
    Condition checked(Condition before, CheckReport report, long now) {
        Outcome outcome = before.observed().outcome(report);
        Health health = before.health().after(outcome);
        Condition judged = before.with(health)
                .with(before.observed().after(report, outcome))
                .with(before.streak().after(outcome, report.connect() != null, health, now));
        // Traffic may have taken it down before, of which nobody took notice.
        boolean wentDown = before.health().up() && judged.down() && !judged.isCountedAsDown();
        Flapping flapping =
                wentDown ? before.flapping().afterDown(now) : before.flapping().at(now);
        Condition checked = judged.with(flapping, thresholds.rise());
        boolean cameBack = before.failedChecks() && !checked.failedChecks();
        boolean slowStartOver = slowStart.share(before.slowStartFrom(), now) >= 1;
        if (cameBack) {
            return checked.withSlowStartFrom(now);
        }
        return slowStartOver ? checked.withSlowStartFrom(null) : checked;
    }

    /** A connection is good when the server has said something on it: a frozen server accepts connections, too. */
    Condition answered(Condition before, long now) {
        Condition answered = before.with(before.health().afterGoodConnect())
                .with(before.streak().afterGoodConnect());
        boolean cameBack = before.failedChecks() && !answered.failedChecks();
        return cameBack ? answered.withSlowStartFrom(now) : answered;
    }

    /**
     * The condition after the server was silent to a session: checked at once, unless it is in doubt and checked often anyway, or down, so
     * that it is no surprise.
     *
     * @param outpaced whether another server is asked beside
     */
    Condition silent(Condition before, boolean outpaced) {
        if (!before.health().takesSessions()) {
            return before;
        }
        Condition silent = outpaced ? before.with(before.health().afterSilence()) : before;
        return before.health().inDoubt()
                ? silent
                : silent.with(before.requests().doubt());
    }

    /**
     * The condition after the server owed something to a session that it had answered before: checked at once, unless that was done for
     * others a moment ago. There are sessions in which it is the client that owes nothing and the server that waits.
     */
    Condition unanswered(Condition before, long now) {
        boolean surprising = before.health().takesSessions() && !before.health().inDoubt();
        return surprising ? before.with(before.requests().guess(now)) : before;
    }

    /**
     * The condition of a usable server when a check that traffic asked for has no answer, which others give by now. That never makes the
     * last usable server unusable.
     *
     * @param last whether no other server is usable
     */
    Condition late(Condition before, boolean last) {
        Condition late = before.with(before.health().afterLateCheck());
        return last && !late.health().takesSessions() ? before : late;
    }

    /**
     * The condition after a failure of real traffic, which never makes the last usable server unusable, and has it looked into at once. Of
     * a server that is down already it is no news, and clients must not decide how often that one is checked.
     *
     * @param last whether no other server is usable
     */
    Condition failedToConnect(Condition before, boolean last, long now) {
        if (!before.health().takesSessions()) {
            return before;
        }
        Condition failing = before.with(before.streak().afterFailedConnect(now));
        Condition suspected = failing.with(before.health().afterFailedConnect())
                .with(before.requests().doubt());
        if (last && !suspected.health().takesSessions()) {
            boolean checkIsUnderWay = before.streak().failingSince() != null;
            return checkIsUnderWay ? before : failing.with(before.requests().doubt());
        }
        return suspected;
    }
}
