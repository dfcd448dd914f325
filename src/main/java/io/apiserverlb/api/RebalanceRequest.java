package io.apiserverlb.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /lb/rebalance}: how many sessions may be closed. */
record RebalanceRequest(
        @Schema(
                description = "of all sessions at most, in percent; without it 10",
                minimum = "1",
                maximum = "100",
                example = "10")
        @Nullable
        Integer maxPercent) {
    static final Set<String> PROPERTIES = Set.of("maxPercent");
    private static final int DEFAULT_PERCENT = 10;

    static RebalanceRequest from(JsonBody body) {
        Integer maxPercent = body.optional("maxPercent", Values::percent);
        body.requireNoFaults();
        return new RebalanceRequest(maxPercent);
    }

    int percent() {
        return maxPercent == null ? DEFAULT_PERCENT : maxPercent;
    }
}
