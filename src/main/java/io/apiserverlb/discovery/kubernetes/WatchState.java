package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.discovery.Intake;
import io.apiserverlb.discovery.RetryPauses;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the cluster lets its servers be watched and what it tells can be read, and how long to wait when a watch has ended. For one thread,
 * but for {@link #problem}.
 */
final class WatchState {
    private static final Duration LONGEST_AFTER_REFUSAL = Duration.ofSeconds(30);
    /** The death of a server ends the watch, too, and is to be over in ten seconds. */
    private static final Duration LONGEST_AFTER_END = Duration.ofSeconds(4);

    private static final Duration LONG_WATCH = Duration.ofSeconds(30);

    private final Intake intake;
    private final LongSupplier nanoTime;
    private final RetryPauses afterRefusal;
    private final RetryPauses afterEnd;
    /** Null before the first watch. */
    private @Nullable Long begun;

    /** Whether the problem is with what a watch tells, and not with being allowed to. */
    private boolean problemOfEvents;
    /** Whether the watch that there is, or was, was answered, and told what can be read so far. */
    private boolean readable;

    private volatile @Nullable String problem;

    /** @param intake tells of a problem, and that it is over */
    WatchState(Intake intake, Duration firstRetry, LongSupplier nanoTime, RandomGenerator random) {
        this.intake = intake;
        this.nanoTime = nanoTime;
        this.afterRefusal = new RetryPauses(firstRetry, LONGEST_AFTER_REFUSAL, random);
        this.afterEnd = new RetryPauses(firstRetry, LONGEST_AFTER_END, random);
    }

    /** A watch begins; where there is another one, that is over. */
    void begun() {
        judge();
        readable = false;
        begun = nanoTime.getAsLong();
    }

    /**
     * Takes the answer to a watch.
     *
     * @param plural of what is watched, as in RBAC
     */
    void answered(String plural, int status) {
        if (HttpResponse.isSuccessful(status)) {
            readable = true;
            if (!problemOfEvents) {
                solved();
            }
        } else if (status != HttpURLConnection.HTTP_GONE) { // a list that is too old ends a watch as others are ended
            String words =
                    String.valueOf(QuestionFailedException.refused(EndpointKind.question("watch", plural), status)
                            .getMessage());
            problemOfEvents = false;
            tell(words);
        }
    }

    /** What the watch tells is too much to read, so that it is given up. */
    void unreadable(String words) {
        readable = false;
        problemOfEvents = true;
        tell(words);
    }

    private void tell(String words) {
        if (!words.equals(problem)) {
            problem = words;
            intake.warn(words);
        }
    }

    /** Only its end shows that a watch told nothing but what can be read. */
    private void judge() {
        if (problemOfEvents && readable) {
            solved();
        }
    }

    private void solved() {
        problemOfEvents = false;
        if (problem != null) {
            problem = null;
            afterRefusal.reset();
            intake.inform("the cluster tells changes of its servers again");
        }
    }

    /** Why it may not be watched, or not be followed; or null. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The pause before the next list, now that the watch has ended. */
    Duration pause() {
        judge();
        if (problem != null) {
            return afterRefusal.next();
        }
        if (begun != null && nanoTime.getAsLong() - begun > LONG_WATCH.toNanos()) {
            afterEnd.reset();
        }
        return afterEnd.next();
    }
}
