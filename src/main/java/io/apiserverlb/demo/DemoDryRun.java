package io.apiserverlb.demo;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The answer to an action that was only tried, in the form of every other dry run. */
record DemoDryRun(
        @Schema(description = "always true: nothing was changed")
        boolean dryRun,

        @Schema(
                description = "what the server would do; empty if it does so already",
                example = "[\"the demo server 1, now running, is frozen\"]")
        List<String> changes,

        @Schema(description = "sessions that the server would reset", example = "0")
        int sessionsToClose) {}
