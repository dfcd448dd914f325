package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void count() {
        assertThat(Requests.NONE.more().doubt().doubt()).isEqualTo(new Requests(3, 2, null, 0));
    }

    @Test
    void doNotGuessTwiceWithinAPauseThatGrows() {
        Requests first = Requests.NONE.guess(SECOND);

        assertThat(first).isEqualTo(new Requests(1, 1, SECOND, 1));
        assertThat(first.guess(3 * SECOND - 1)).isSameAs(first);
        Requests second = first.guess(3 * SECOND);
        assertThat(second).isEqualTo(new Requests(2, 2, 3 * SECOND, 2));
        assertThat(second.guess(7 * SECOND - 1)).isSameAs(second);
    }

    @Test
    void beginTheirPausesAnewAfterAQuietTime() {
        Requests first = Requests.NONE.guess(SECOND);

        assertThat(first.guess(5 * SECOND - 1).guesses()).isEqualTo(2);
        assertThat(first.guess(5 * SECOND)).isEqualTo(new Requests(2, 2, 5 * SECOND, 1));
    }
}
