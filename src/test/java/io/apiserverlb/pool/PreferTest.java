package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static io.apiserverlb.pool.TestPool.ip;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers on this host's own addresses, where they come first. */
class PreferTest {
    private final Set<InetAddress> own = new HashSet<>(Set.of(ip("10.0.0.2")));

    private TestPool pool(Policy policy) {
        return TestPool.builder()
                .policy(policy)
                .prefer(Prefer.LOCAL)
                .local(own::contains)
                .managed(A, B, C)
                .seeds("https://10.0.0.4:6443")
                .build();
    }

    private static Set<ServerAddress> choices(TestPool pool) {
        Set<ServerAddress> choices = new HashSet<>();
        IntStream.range(0, 50).forEach(i -> choices.add(pool.take().server().address()));
        return choices;
    }

    @ParameterizedTest
    @EnumSource
    void takesTheLocalServerWhateverThePolicy(Policy policy) {
        TestPool pool = pool(policy);
        pool.connect(A, Duration.ofNanos(1));
        pool.connect(B, Duration.ofMillis(200));
        pool.connect(C, Duration.ofNanos(1));

        assertThat(choices(pool)).containsExactly(B);
    }

    @Test
    void takesAnyOtherPrimaryWhileTheLocalOneIsNotUsable() {
        TestPool pool = pool(Policy.ROUND_ROBIN);

        pool.down(B);
        assertThat(choices(pool)).containsExactlyInAnyOrder(A, C);

        pool.pass(B, B);
        assertThat(choices(pool)).containsExactly(B);

        pool.admin(B, AdminState.DRAIN);
        assertThat(choices(pool)).containsExactlyInAnyOrder(A, C);
    }

    @Test
    void goesOnToTheOthersWhenASessionFailedOnTheLocalOne() {
        TestPool pool = pool(Policy.ROUND_ROBIN);

        assertThat(pool.next(B)).isIn(A, C);
        assertThat(pool.next(A, B, C)).isEqualTo(D);
    }

    @Test
    void leavesItsServerForTheLocalOneThoughItIsToStay() {
        TestPool pool = pool(Policy.FAILOVER);
        pool.down(B);
        ServerAddress elsewhere = pool.next();
        assertThat(choices(pool)).containsExactly(elsewhere);

        pool.pass(B, B);

        assertThat(choices(pool)).containsExactly(B);
    }

    @Test
    void doesNotPreferALocalFallbackToAnyPrimary() {
        own.clear();
        own.add(ip("10.0.0.4"));
        TestPool pool = pool(Policy.ROUND_ROBIN);

        assertThat(choices(pool)).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void doesNotPreferALocalServerWhoseCertificateIsOutOfDate() {
        TestPool pool = pool(Policy.ROUND_ROBIN);

        pool.identify(B, Certificate.Identity.OUT_OF_DATE);

        assertThat(choices(pool)).containsExactlyInAnyOrder(A, C);
    }

    @Test
    void seesThatThisHostGotAnotherAddress() {
        TestPool pool = pool(Policy.ROUND_ROBIN);
        List<Long> versions = new ArrayList<>();
        pool.pool.subscribe(list -> versions.add(list.version()));
        own.clear();
        own.add(ip("10.0.0.3"));

        pool.pool.forget();
        pool.pool.forget();

        assertThat(choices(pool)).containsExactly(C);
        assertThat(versions).as("once, and nothing else has changed").containsExactly(1L, 1L);
        assertThat(pool.events.latest()).as("nobody has to know").isEmpty();
    }

    @Test
    void prefersNoneUnlessAsked() {
        TestPool pool = TestPool.builder().local(own::contains).managed(A, B, C).build();

        assertThat(choices(pool)).containsExactlyInAnyOrder(A, B, C);
    }
}
