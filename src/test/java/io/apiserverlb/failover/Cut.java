package io.apiserverlb.failover;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One loss of a kept connection.
 *
 * @param server that it was to
 * @param at nano time
 * @param waiting whether an answer was awaited then
 * @param lastAnswer nano time of the last answer before
 * @param why what the client saw
 * @param nextAnswer nano time of the first answer on another connection, or null so far
 */
record Cut(
        String server,
        long at,
        boolean waiting,
        long lastAnswer,
        String why,
        @Nullable Long nextAnswer) {

    Cut endedAt(long now) {
        return new Cut(server, at, waiting, lastAnswer, why, now);
    }

    /** From answer to answer. */
    Duration outage() {
        return Duration.ofNanos((nextAnswer == null ? System.nanoTime() : nextAnswer) - lastAnswer);
    }
}
