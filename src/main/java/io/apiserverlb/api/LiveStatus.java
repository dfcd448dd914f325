package io.apiserverlb.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event {@code status} of {@code GET /lb/live}.
 *
 * @param boot the run of the process, as in the ids of its events
 * @param summary what {@code GET /lb} would answer
 * @param list what {@code GET /lb/servers} would answer
 */
record LiveStatus(String boot, List<@Nullable Number> sample, SummaryView summary, ListView list) {}
