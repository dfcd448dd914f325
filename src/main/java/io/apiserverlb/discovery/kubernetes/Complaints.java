package io.apiserverlb.discovery.kubernetes;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Passes on what the cluster says of callers' tokens, one a minute: whoever can call can have it say something. */
final class Complaints {
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();
    private static final int MAX_LENGTH = 300;

    private final LongSupplier nanoTime;
    private final Consumer<String> report;
    private boolean told;
    private long last;

    Complaints(LongSupplier nanoTime, Consumer<String> report) {
        this.nanoTime = nanoTime;
        this.report = report;
    }

    synchronized void tell(String words) {
        long now = nanoTime.getAsLong();
        if (told && now - last < PAUSE) {
            return;
        }
        told = true;
        last = now;
        String text = words.replaceAll("\\p{IsControl}", "?");
        report.accept("the cluster does not take the token of a caller: "
                + (text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text));
    }
}
