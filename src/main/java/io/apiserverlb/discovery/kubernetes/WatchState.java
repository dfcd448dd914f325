package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.discovery.Intake;
import io.apiserverlb.discovery.RetryPauses;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Whether the cluster lets its servers be watched, and how long to wait when a watch has ended. For one thread, but for {@link #problem}. */
final class WatchState {
    private static final Duration LONGEST_AFTER_REFUSAL = Duration.ofSeconds(30);
    /** The death of a server ends the watch, too, and is to be over in ten seconds. */
    private static final Duration LONGEST_AFTER_END = Duration.ofSeconds(4);

    private static final Duration LONG_WATCH = Duration.ofSeconds(30);

    private final Intake intake;
    private final InstantSource clock;
    private final RetryPauses afterRefusal;
    private final RetryPauses afterEnd;
    private Instant begun = Instant.EPOCH;
    private volatile @Nullable String problem;

    /** @param intake tells of a refusal, and that it is over */
    WatchState(Intake intake, Duration firstRetry, InstantSource clock, RandomGenerator random) {
        this.intake = intake;
        this.clock = clock;
        this.afterRefusal = new RetryPauses(firstRetry, LONGEST_AFTER_REFUSAL, random);
        this.afterEnd = new RetryPauses(firstRetry, LONGEST_AFTER_END, random);
    }

    void begun() {
        begun = clock.instant();
    }

    /**
     * Takes the answer to a watch.
     *
     * @param plural of what is watched, as in RBAC
     */
    void answered(String plural, int status) {
        if (HttpResponse.isSuccessful(status)) {
            if (problem != null) {
                problem = null;
                afterRefusal.reset();
                intake.inform("the cluster tells changes of its servers again");
            }
        } else if (status != HttpURLConnection.HTTP_GONE) { // a list that is too old ends a watch as others are ended
            String words =
                    String.valueOf(QuestionFailedException.refused(EndpointKind.question("watch", plural), status)
                            .getMessage());
            if (!words.equals(problem)) {
                problem = words;
                intake.warn(words);
            }
        }
    }

    /** Why it may not be watched, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The pause before the next list, now that the watch has ended. */
    Duration pause() {
        if (problem != null) {
            return afterRefusal.next();
        }
        if (Duration.between(begun, clock.instant()).compareTo(LONG_WATCH) > 0) {
            afterEnd.reset();
        }
        return afterEnd.next();
    }
}
