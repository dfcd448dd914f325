package io.apiserverlb.pool;

import java.util.Objects;

/** One server before and after its state changed; pure. */
record StateChange(Server before, Server after) {

    /** What made it so, in words. */
    String reason() {
        // A server that is going down still takes sessions, so it has no reason not to.
        String against =
                after.state() == ServerState.GOING_DOWN ? after.condition().reason() : after.reason();
        return against.isEmpty() ? reasonToUseIt() : against;
    }

    private String reasonToUseIt() {
        CheckResult check = after.observed().check();
        if (after.setting().admin() != before.setting().admin()) {
            return "set to ready" + (after.state() == ServerState.UNCHECKED ? ", and used until a check fails" : "");
        }
        if (before.place().removingSince() != null) {
            return "it is named again";
        }
        if (after.condition().softIgnored() && !after.observed().passed()) {
            return "not ready, as every primary says, which is ignored";
        }
        boolean checked = !Objects.equals(check, before.observed().check());
        if (!checked && before.health().passive() > after.health().passive()) {
            return "traffic holds nothing against it any more";
        }
        return check != null && after.observed().passed()
                ? (passes() == 1 ? "1 pass" : passes() + " passes in a row") + ", " + check.code() + " "
                        + check.detail()
                : "nothing is held against it any more";
    }

    /** How many it took, the last one included. */
    private int passes() {
        Health health = before.health();
        boolean hadFailed = health.checked() && (!health.up() || health.stopping());
        return hadFailed ? health.thresholds().rise() : 1;
    }
}
