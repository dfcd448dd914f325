package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apiserverlb.pool.CheckResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckerSettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void takesTheSmallestAndLargestValues() {
        Duration least = Duration.ofMillis(200);

        Checker.Settings settings = new Checker.Settings(
                CheckResult.Type.TCP,
                "/",
                least,
                least,
                least,
                Duration.ofMillis(50),
                Duration.ZERO,
                0.5,
                Duration.ZERO,
                null);

        assertThat(settings.interval()).isEqualTo(least);
    }

    @Test
    void refusesIntervalsThatAreTooShort() {
        Duration shorter = Duration.ofMillis(199);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("/", shorter, SECOND, SECOND, SECOND, 0))
                .withMessage("interval must be at least 200ms, not 199ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("/", SECOND, shorter, SECOND, SECOND, 0))
                .withMessage("fast-interval must be at least 200ms, not 199ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("/", SECOND, SECOND, shorter, SECOND, 0))
                .withMessage("down-interval must be at least 200ms, not 199ms");
    }

    @Test
    void refusesATimeoutThatIsTooShort() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("/", SECOND, SECOND, SECOND, Duration.ofMillis(49), 0))
                .withMessage("timeout must be at least 50ms, not 49ms");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 0.51, Double.NaN})
    void refusesJitterOutOfRange(double jitter) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("/", SECOND, SECOND, SECOND, SECOND, jitter))
                .withMessage("jitter must be between 0 and 0.5, not " + jitter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "readyz", "/ready z", "/readyz\r\nX: y", "/réady"})
    void refusesAPathThatIsNone(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(path, SECOND, SECOND, SECOND, SECOND, 0))
                .withMessageStartingWith("path must start with '/'");
    }

    private static Checker.Settings settings(
            String path, Duration interval, Duration fast, Duration down, Duration timeout, double jitter) {
        return new Checker.Settings(
                CheckResult.Type.HTTPS,
                path,
                interval,
                fast,
                down,
                timeout,
                Duration.ZERO,
                jitter,
                Duration.ofMinutes(1),
                null);
    }
}
