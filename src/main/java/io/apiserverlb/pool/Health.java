package io.apiserverlb.pool;

/**
 * A server's health as a counter, HAProxy's rise/fall machine (configuration manual, {@code rise} and {@code fall}), with two additions:
 * soft failures, which make a server {@code stopping} and leave its credit alone, and failures of real traffic, which lower the credit
 * only until the next good connection or check.
 *
 * <p>Immutable; {@link #after} is pure.
 *
 * @param thresholds how many results it takes; more passes than configured while the server flaps
 * @param credit 0 … rise + fall − 1, by checks alone; up if and only if at least {@code rise}
 * @param checked whether a check has said anything yet
 * @param soft consecutive soft failures while up
 * @param stopping whether the server asked for no new sessions
 * @param passes consecutive passes since the last soft failure, while stopping
 * @param suspicion what was held against it since the last good connection or passed check
 */
public record Health(
        Thresholds thresholds,
        int credit,
        boolean checked,
        int soft,
        boolean stopping,
        int passes,
        Suspicion suspicion) {

    /**
     * How many consecutive results change the state, each at least 1.
     *
     * @param rise passes to come up
     * @param fall hard failures to go down
     * @param softFall soft failures to be stopping
     */
    public record Thresholds(int rise, int fall, int softFall) {
        public Thresholds {
            if (rise < 1 || fall < 1 || softFall < 1) {
                throw new IllegalArgumentException("rise, fall and soft-fall must be at least 1");
            }
        }

        int top() {
            return rise + fall - 1;
        }
    }

    /** A server that is used until its first failure. */
    static Health trusted(Thresholds thresholds) {
        return unchecked(thresholds, thresholds.rise());
    }

    /** A server that is used after its first passed check. */
    static Health unproven(Thresholds thresholds) {
        return unchecked(thresholds, thresholds.rise() - 1);
    }

    private static Health unchecked(Thresholds thresholds, int credit) {
        return new Health(thresholds, credit, false, 0, false, 0, Suspicion.NONE);
    }

    /** The health after one more check. */
    public Health after(Outcome outcome) {
        return switch (outcome) {
            case PASS -> afterPass();
            case SOFT -> afterSoft();
            case HARD -> afterHard();
            case NEUTRAL -> with(suspicion.notLate());
        };
    }

    private Health afterPass() {
        int next = credit + 1 >= thresholds.rise() ? thresholds.top() : credit + 1;
        boolean stillStopping = stopping && passes + 1 < thresholds.rise();
        return new Health(thresholds, next, true, 0, stillStopping, stillStopping ? passes + 1 : 0, Suspicion.NONE);
    }

    private Health afterSoft() {
        if (!up()) {
            return new Health(thresholds, 0, true, 0, false, 0, suspicion.notLate());
        }
        int failures = Math.min(soft + 1, thresholds.softFall());
        boolean stops = stopping || failures >= thresholds.softFall();
        return new Health(thresholds, credit, true, failures, stops, 0, suspicion.notLate());
    }

    private Health afterHard() {
        // A server that said it would stop and then fails has stopped: it does not get the benefit of the doubt.
        int next = stopping || credit - 1 < thresholds.rise() ? 0 : credit - 1;
        // What traffic did not wait for had failed, too.
        return new Health(thresholds, next, true, 0, false, 0, suspicion.confirmed(thresholds.fall()));
    }

    /** The health after real traffic failed to connect. */
    Health afterFailedConnect() {
        return with(suspicion.failed(thresholds.fall()));
    }

    /** The health after real traffic asked another server beside, as this one was late: no failure yet. */
    Health afterSilence() {
        return with(suspicion.silent(thresholds.fall()));
    }

    /** The health after a check was found unanswered while others passed theirs. */
    Health afterLateCheck() {
        return with(suspicion.late(thresholds.fall()));
    }

    /** The health after real traffic connected and was answered. */
    Health afterGoodConnect() {
        return with(Suspicion.NONE);
    }

    private Health with(Suspicion next) {
        return next.equals(suspicion) ? this : new Health(thresholds, credit, checked, soft, stopping, passes, next);
    }

    boolean isSuspected() {
        return !suspicion.equals(Suspicion.NONE);
    }

    /** Failed connections of real traffic since the last good connection or check. */
    public int passive() {
        return suspicion.failures();
    }

    /**
     * The health where it takes so many passes to come up. One that is up stays as far from falling as it is; one that is down keeps its
     * passes, but needs at least one more.
     */
    Health withRise(int rise) {
        if (rise == thresholds.rise()) {
            return this;
        }
        Thresholds next = new Thresholds(rise, thresholds.fall(), thresholds.softFall());
        int same = up() ? credit - thresholds.rise() + rise : Math.min(credit, rise - 1);
        return new Health(next, same, checked, soft, stopping, passes, suspicion);
    }

    /** Whether checks alone hold the server up; decides over its sessions. */
    public boolean up() {
        return credit >= thresholds.rise();
    }

    /** The credit less what is held against it: 0 … rise + fall − 1; decides over new sessions. */
    public int effectiveCredit() {
        if (!up()) {
            return credit;
        }
        boolean held = credit - suspicion.failures() - suspicion.late() >= thresholds.rise();
        return held ? credit - suspicion.failures() : 0;
    }

    /** Whether checks and failed connections take it down; a late check alone does not. */
    boolean failed() {
        return credit - suspicion.failures() < thresholds.rise();
    }

    /** Whether nothing but late checks keeps new sessions away. */
    public boolean onlyLate() {
        return !failed() && !takesSessions();
    }

    boolean takesSessions() {
        return effectiveCredit() >= thresholds.rise();
    }

    /** Whether the next check should come soon: nothing is known, or the last results disagree, traffic's with the checks' included. */
    public boolean inDoubt() {
        boolean undecided = credit > 0 && credit < thresholds.top();
        return !checked || undecided || (up() && passive() > 0);
    }

    /** Whether the last check that counts was a soft failure. */
    public boolean failedSoftly() {
        return soft > 0;
    }

    /** Whether it asked for no new sessions and passes checks again, but not for long enough. */
    public boolean maybeReady() {
        return passes > 0;
    }

    ServerState state() {
        return stopping && takesSessions() ? ServerState.STOPPING : stateIgnoringSoft();
    }

    /** The state where soft failures do not count. */
    ServerState stateIgnoringSoft() {
        if (!checked) {
            return ServerState.UNCHECKED;
        }
        int effective = effectiveCredit();
        if (effective < thresholds.rise()) {
            return effective == 0 ? ServerState.DOWN : ServerState.GOING_UP;
        }
        return effective == thresholds.top() ? ServerState.UP : ServerState.GOING_DOWN;
    }
}
