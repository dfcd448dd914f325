package io.apiserverlb.api;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The event {@code history} of {@code GET /lb/live}: the latest samples, oldest first. */
record LiveHistory(long intervalMs, List<List<@Nullable Number>> samples) {
    static LiveHistory from(Duration interval, List<Sample> samples) {
        return new LiveHistory(
                interval.toMillis(), samples.stream().map(Sample::figures).toList());
    }
}
