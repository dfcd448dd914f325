package io.apiserverlb.demo;

import io.apiserverlb.demo.DemoServer.Mode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the switch can do to a server. */
enum DemoAction {
    STOP,
    START,
    FREEZE,
    SLOW,
    RED,
    GREEN;

    // Longer than a user likes, shorter than a health check waits by default: slow is not down.
    private static final Duration SLOW_ANSWER = Duration.ofSeconds(1);

    static Optional<DemoAction> named(String name) {
        return Arrays.stream(values())
                .filter(action -> action.urlName().equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(DemoAction::urlName).toList();
    }

    void on(DemoServer server) {
        switch (this) {
            case STOP -> server.stop();
            case START -> server.start();
            case FREEZE -> server.freeze();
            case SLOW -> server.slow(SLOW_ANSWER);
            case RED -> server.red();
            case GREEN -> server.green();
        }
    }

    /** What a server that is in some mode would be in afterwards. */
    Mode after(Mode mode) {
        return switch (this) {
            case STOP -> Mode.STOPPED;
            case START -> mode == Mode.STOPPED ? Mode.RUNNING : mode;
            case FREEZE -> Mode.FROZEN;
            case SLOW -> Mode.SLOW;
            case RED -> Mode.RED;
            case GREEN -> Mode.RUNNING;
        };
    }

    String urlName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
