package io.apiserverlb.api;

import io.apiserverlb.pool.Changed;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The answer to a change that was only tried. */
@Schema(name = "DryRun")
record DryRunView(
        @Schema(description = "always true: nothing was changed")
        boolean dryRun,

        @Schema(description = "each difference in words; empty if there is none")
        List<String> changes,

        @Schema(
                description =
                        "sessions that would be closed: those of servers that would take none any more, and, unless"
                                + " lb.fail-back is never, of a fallback that a listed server would take over from")
        int sessionsToClose) {

    static DryRunView from(Changed changed) {
        return new DryRunView(true, changed.changes(), changed.sessionsToClose());
    }
}
