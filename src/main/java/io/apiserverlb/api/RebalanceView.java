package io.apiserverlb.api;

import io.swagger.v3.oas.annotations.media.Schema;

/** The answer to {@code POST /lb/rebalance}. */
@Schema(name = "Rebalance")
record RebalanceView(
        @Schema(description = "sessions that are to be closed; 0 if all servers have their share")
        int closing) {}
