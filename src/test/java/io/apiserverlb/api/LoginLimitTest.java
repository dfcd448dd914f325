package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LoginLimitTest {
    private static final String CLIENT = "192.0.2.1";

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7); // nanoTime may overflow
    private final LoginLimit limit = new LoginLimit(now::get);

    private void useUp(String ip) {
        IntStream.range(0, LoginLimit.BURST)
                .forEach(i -> assertThat(limit.take(ip)).isZero());
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void givesTenTriesAtOnceAndThenOneEachFiveSeconds() {
        useUp(CLIENT);

        assertThat(limit.take(CLIENT)).isEqualTo(LoginLimit.REFILL);
        pass(LoginLimit.REFILL.minusNanos(1));
        assertThat(limit.take(CLIENT)).isEqualTo(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(limit.take(CLIENT)).isZero();
        assertThat(limit.take(CLIENT)).isEqualTo(LoginLimit.REFILL);
    }

    @Test
    void saysHowLongToWaitHoweverOftenItIsAsked() {
        useUp(CLIENT);

        IntStream.range(0, 100).forEach(i -> assertThat(limit.take(CLIENT)).isEqualTo(LoginLimit.REFILL));
    }

    @Test
    void hasAllTriesAgainAfterAWhileAndNoMore() {
        useUp(CLIENT);
        pass(Duration.ofHours(1));

        useUp(CLIENT);

        assertThat(limit.take(CLIENT)).isPositive();
    }

    @Test
    void doesNotCountTriesThatAreGivenBack() {
        IntStream.range(0, 100).forEach(i -> {
            assertThat(limit.take(CLIENT)).isZero();
            limit.giveBack(CLIENT);
        });

        useUp(CLIENT);

        assertThat(limit.take(CLIENT)).isPositive();
    }

    @Test
    void counts64BitsOfAnIpv6Address() {
        useUp("2001:db8:0:0:1:0:0:1");

        assertThat(limit.take("2001:db8:0:0:ffff:0:0:2")).isPositive();
        assertThat(limit.take("2001:db8:0:1:0:0:0:1")).isZero();
        assertThat(limit.take("fe80:0:0:0:0:0:0:1%eth0")).isZero();
        assertThat(limit.take("192.0.2.2")).isZero();
    }

    @Test
    void countsAllOfLoopbackTogether() {
        useUp("127.0.0.1");

        assertThat(limit.take("127.9.9.9")).isPositive();
        assertThat(limit.take("0:0:0:0:0:0:0:1")).isPositive();
    }

    @Test
    void remembersWhoTriedLast() {
        useUp(CLIENT);
        IntStream.range(0, 999).forEach(i -> limit.take("10.0." + i / 256 + "." + i % 256));
        assertThat(limit.take(CLIENT)).isPositive();

        IntStream.range(0, 1_000).forEach(i -> limit.take("10.1." + i / 256 + "." + i % 256));

        assertThat(limit.take(CLIENT)).as("long ago").isZero();
    }
}
