package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final String ONE = "192.0.2.10:6443";
    private static final String TWO = "192.0.2.11:6443";

    private final ManualClock clock = new ManualClock();
    private final ServerPool pool = new ApiUnderTest().pool(clock, new Events(clock));
    private final Sampler sampler = new Sampler(clock, clock::nanos);

    @BeforeEach
    void begin() {
        ApiUnderTest.reset(pool, ONE, TWO);
    }

    private Sample next() {
        return sampler.next(pool.list());
    }

    private Sample nextAfter(Duration time) {
        clock.advance(time);
        return next();
    }

    private Lease connect(String server) {
        List<ServerAddress> others = pool.list().servers().stream()
                .map(Server::address)
                .filter(address -> !address.equals(Values.address(server)))
                .toList();
        Lease lease = Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), others));
        lease.connected();
        lease.taken();
        return lease;
    }

    private void check(String server, CheckResult.Code code, double millis) {
        Duration duration = Duration.ofNanos((long) (millis * 1_000_000));
        CheckResult result = new CheckResult(CheckResult.Type.HTTPS, code, null, "said so", duration, clock.instant());
        pool.checked(Values.address(server), new CheckReport(result, null, null, null));
    }

    @Test
    void hasNoRatesAtFirst() {
        connect(ONE);

        assertThat(next())
                .isEqualTo(new Sample(clock.millis(), Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN));
    }

    @Test
    void tellsWhatAllServersHaveDonePerSecond() {
        Lease one = connect(ONE);
        one.received(1_000_000);
        next();

        connect(ONE);
        connect(TWO).sent(500);
        one.received(300);
        Sample sample = nextAfter(Duration.ofMillis(2_500));

        assertThat(sample.at()).isEqualTo(clock.millis());
        assertThat(sample.connections()).isEqualTo(2 / 2.5);
        assertThat(sample.bytesIn()).isEqualTo(300 / 2.5);
        assertThat(sample.bytesOut()).isEqualTo(500 / 2.5);
        assertThat(nextAfter(Duration.ofSeconds(1)).bytesIn()).isZero();
    }

    @Test
    void hasNoRatesWhereNoTimeHasPassed() {
        next();

        assertThat(next().connections()).isNaN();
    }

    @Test
    void goesOnWithTheSessionsOfAServerThatIsGone() {
        Lease lease = connect(ONE);
        lease.received(1_000_000);
        next();

        ApiUnderTest.reset(pool, TWO);
        lease.received(300);
        assertThat(nextAfter(Duration.ofSeconds(1)).bytesIn()).isEqualTo(300);

        lease.close(CloseReason.REMOVED);
        assertThat(nextAfter(Duration.ofSeconds(1)).bytesIn()).isZero();
        assertThat(nextAfter(Duration.ofSeconds(1)).bytesIn()).isZero();
    }

    @Test
    void isNotMisledByAServerThatBeginsAnew() {
        Lease former = connect(ONE);
        former.received(1_000_000);
        next();
        former.close(CloseReason.CLIENT);
        ApiUnderTest.reset(pool, TWO);
        pool.forget();

        ApiUnderTest.reset(pool, ONE, TWO);
        Lease lease = connect(ONE);
        lease.received(300);
        assertThat(nextAfter(Duration.ofSeconds(1)).bytesIn()).isZero();

        lease.received(40);
        Sample sample = nextAfter(Duration.ofSeconds(1));
        assertThat(sample.bytesIn()).isEqualTo(40);
        assertThat(sample.connections()).isZero();
    }

    @Test
    void tellsTheMedianAndTheSlowestOfTheChecksThatPassed() {
        check(ONE, CheckResult.Code.L7OK, 2);
        assertChecks(2, 2);

        check(TWO, CheckResult.Code.L7OKC, 5);
        assertChecks(3.5, 5);

        check(ApiUnderTest.DISCOVERED, CheckResult.Code.L4OK, 4);
        assertChecks(4, 5);

        check(TWO, CheckResult.Code.L7TOUT, 1_500);
        assertChecks(3, 4);

        pool.change(new ListChange.Patch(Values.address(ONE), AdminState.MAINT, null), OptionalLong.empty(), "test");
        assertChecks(4, 4);
    }

    private void assertChecks(double median, double slowest) {
        Sample sample = next();
        assertThat(sample.checkMedian()).isEqualTo(median);
        assertThat(sample.checkSlowest()).isEqualTo(slowest);
    }
}
