package io.apiserverlb.pool;

/** What checks and traffic make of a server; pure, times are nano times. */
record Evidence(Health.Thresholds thresholds, SlowStart slowStart) {

    /** The server after a check. */
    Server checked(Server server, CheckReport report, long now) {
        Outcome outcome = report.result().outcome(server.observed().readyBefore());
        Health health = server.health().after(outcome);
        boolean wentDown = server.health().up() && !health.up();
        Flapping flapping =
                wentDown ? server.flapping().afterDown(now) : server.flapping().at(now);
        Server checked = server.with(health)
                .with(server.observed().after(report, outcome))
                .with(server.streak().after(outcome, now))
                .with(flapping, thresholds.rise());
        boolean cameBack = server.failedChecks() && !checked.failedChecks();
        boolean slowStartOver = server.slowStartFrom() != null && slowStart.share(server.slowStartFrom(), now) >= 1;
        if (cameBack) {
            return checked.withSlowStartFrom(now);
        }
        return slowStartOver ? checked.withSlowStartFrom(null) : checked;
    }

    /** A connection is good when the server has said something on it: a frozen server accepts connections, too. */
    Server answered(Server server) {
        return server.with(server.health().afterGoodConnect())
                .with(server.streak().afterGoodConnect());
    }

    /**
     * The server after it was late: checked at once, unless it is in doubt and checked often anyway, or down, so that it is no surprise.
     *
     * @param outpaced whether another server is asked beside
     */
    Server late(Server server, boolean outpaced) {
        if (!server.health().takesSessions()) {
            return server;
        }
        Server late = outpaced ? server.with(server.health().afterSilence()) : server;
        return server.health().inDoubt() ? late : late.withCheckRequested();
    }

    /**
     * The server after a failure of real traffic, which never makes the last usable server unusable, and has it looked into at once. Of a
     * server that is down already it is no news, and clients must not decide how often that one is checked.
     *
     * @param alone whether no other server is usable
     */
    Server failedToConnect(Server server, boolean alone, long now) {
        if (!server.health().takesSessions()) {
            return server;
        }
        Server failing = server.with(server.streak().afterFailedConnect(now));
        Server suspected = failing.with(server.health().afterFailedConnect()).withCheckRequested();
        if (alone && server.usable() && !suspected.usable()) {
            return server.failingSince() == null ? failing.withCheckRequested() : server; // a check is under way
        }
        return suspected;
    }
}
