package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StallTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Stall none = Stall.none(TIMEOUT);

    @Test
    void leavesAConnectionAloneThatIsAnswered() {
        Stall stall = none.after(0, new Stall.Sample(true, 0, SECOND, 0));

        assertThat(stall.limit()).isEqualTo(TIMEOUT.toNanos());
        assertThat(stall.over()).isFalse();
    }

    @Test
    void isOverAfterTwoQuietLooks() {
        Stall.Sample quiet = new Stall.Sample(false, 0, SECOND, 0);

        Stall once = none.after(0, new Stall.Sample(true, 0, SECOND, 0)).after(SECOND, quiet);

        assertThat(once.over()).isFalse();
        assertThat(once.after(2 * SECOND, quiet).over()).isTrue();
        assertThat(once.after(2 * SECOND, new Stall.Sample(true, 0, SECOND, 0))
                        .after(3 * SECOND, quiet)
                        .over())
                .isFalse();
    }

    @Test
    void goesBackToTheTimeoutWhenTheWindowIsOpenAgain() {
        Kernel kernel = new Kernel(SECOND / 5, SECOND / 100, Long.MAX_VALUE);
        Stall stall = new Looks(kernel, 1, 0).until(100 * SECOND);
        assertThat(stall.limit()).isGreaterThan(100 * SECOND);

        assertThat(stall.after(101 * SECOND, new Stall.Sample(true, 0, SECOND, 0))
                        .limit())
                .isEqualTo(TIMEOUT.toNanos());
        assertThat(stall.after(101 * SECOND, new Stall.Sample(true, 1, SECOND, 0))
                        .limit())
                .as("a stall of its own")
                .isEqualTo(TIMEOUT.toNanos());
    }

    @Test
    void beginsAnewForAWindowThatOpensAndClosesBetweenAllLooks() {
        Stall stall = none;
        for (int look = 0; look < 1_000; look++) {
            long now = look * SECOND;
            stall = stall.after(now, new Stall.Sample(true, 1, SECOND / 5, now));
        }

        assertThat(stall.limit()).isLessThan(TIMEOUT.toNanos() + 5 * SECOND);
    }

    @Test
    void letsAPeerLiveThatAnswersProbesForAnHour() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            long rto = SECOND / 5 + random.nextLong((1L << random.nextInt(4)) * SECOND);
            Kernel kernel = new Kernel(rto, random.nextLong(SECOND / 10) + 1, Long.MAX_VALUE);

            new Looks(kernel, seed, SECOND / 2).until(3_600 * SECOND);

            assertThat(kernel.failedAt).as("with seed " + seed).isEqualTo(-1);
        }
    }

    @Test
    void lastsNotMuchLongerThanTheTimeoutOnceThePeerIsGone() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            long gone = random.nextLong(200 * SECOND);
            long rto = SECOND / 5 + random.nextLong((1L << random.nextInt(3)) * SECOND);
            Kernel kernel = new Kernel(rto, random.nextLong(SECOND / 10) + 1, gone);

            new Looks(kernel, seed, SECOND / 2).until(300 * SECOND);

            Duration after = Duration.ofNanos(kernel.failedAt - gone);
            assertThat(kernel.failedAt).isPositive();
            assertThat(after).as("with seed " + seed).isLessThan(TIMEOUT.plusSeconds(5));
        }
    }

    /** Looks at a kernel at about their period, each late by up to some time. */
    private final class Looks {
        private final Kernel kernel;
        private final Random random;
        private final long latest;

        Looks(Kernel kernel, int seed, long latest) {
            this.kernel = kernel;
            this.random = new Random(seed);
            this.latest = latest;
        }

        Stall until(long end) {
            Stall stall = none;
            long period = Stall.period(TIMEOUT);
            for (long due = random.nextLong(period); due < end; due += period) {
                long now = due + (latest == 0 ? 0 : random.nextLong(latest));
                kernel.runUntil(now);
                if (kernel.failedAt >= 0) {
                    break;
                }
                stall = stall.after(now, kernel.sample());
                kernel.userTimeout = stall.limit();
            }
            return stall;
        }
    }

    /** Linux' {@code tcp_probe_timer} and {@code tcp_ack_probe} for a window that has closed at 0 and stays closed. */
    private static final class Kernel {
        private static final int MAX_BACKOFF = 15;
        private static final long RTO_MAX = 120 * SECOND;

        private final long rto;
        private final long roundTrip;
        private final long gone;
        private long userTimeout = TIMEOUT.toNanos();
        private long timer;
        private long firstProbe = -1;
        private int backoff;
        private long ackedAt;
        private long failedAt = -1;

        Kernel(long rto, long roundTrip, long gone) {
            this.rto = rto;
            this.roundTrip = roundTrip;
            this.gone = gone;
            this.timer = rto;
        }

        Stall.Sample sample() {
            return new Stall.Sample(backoff > 0, backoff, rto, ackedAt);
        }

        void runUntil(long now) {
            while (timer <= now && failedAt < 0) {
                probe(timer);
            }
        }

        private void probe(long now) {
            if (firstProbe < 0) {
                firstProbe = now;
            } else if (now - firstProbe >= userTimeout) {
                failedAt = now;
                return;
            }
            backoff = Math.min(MAX_BACKOFF, backoff + 1);
            long sent = now;
            if (now + roundTrip < gone) {
                ackedAt = now + roundTrip;
                sent = ackedAt;
            }
            long patience = Math.min(RTO_MAX, rto << backoff);
            timer = sent + Math.min(patience, Math.max(SECOND / 500, firstProbe + userTimeout - sent));
        }
    }
}
