package io.apiserverlb.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the writing of the state file goes.
 *
 * @param lastWritten when the file was last written, or null if never in this process's life
 * @param error why the latest attempt failed, or null if it succeeded
 * @param successes attempts so far that succeeded
 * @param failures attempts so far that failed
 */
public record StateStatus(
        String path,
        @Nullable Instant lastWritten,
        @Nullable String error,
        long successes,
        long failures) {}
