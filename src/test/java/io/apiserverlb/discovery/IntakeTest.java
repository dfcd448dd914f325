package io.apiserverlb.discovery;

import static io.apiserverlb.testing.FollowedCluster.servers;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.DiscoveryOutcome;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.TrafficListener;
import io.apiserverlb.testing.FollowedCluster;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
    private static final Duration DEBOUNCE = Duration.ofSeconds(3);
    private static final ServerAddress SELF = new ServerAddress("127.0.0.1", 6444);

    private final ManualClock clock = new ManualClock();
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final Events events = new Events(clock);
    private final List<DiscoveryOutcome> outcomes = new ArrayList<>();
    private final FollowedCluster cluster = FollowedCluster.of(
            List.of(SeedUrl.parse("https://10.0.0.9:6443")), SELF::equals, clock, clock::nanos, events);
    private final ServerPool pool = cluster.pool();
    private Intake intake = intake(AddressRules.NONE);

    IntakeTest() {
        pool.subscribe(new TrafficListener() {
            @Override
            public void discovered(DiscoveryOutcome outcome) {
                outcomes.add(outcome);
            }
        });
    }

    private Intake intake(AddressRules rules) {
        return new Intake("kubernetes", rules, DEBOUNCE, pool, executor, clock, clock::nanos, events);
    }

    @Test
    void takesTheFirstListAtOnce() {
        intake.found(servers("10.0.0.1", "10.0.0.2"));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.2"));
        assertThat(intake.status().lastSuccess()).isEqualTo(clock.instant());
        assertThat(outcomes).containsExactly(DiscoveryOutcome.SUCCESS);
    }

    @Test
    void takesALaterListWhenNothingNewerHasComeForAWhile() {
        intake.found(servers("10.0.0.1"));

        intake.found(servers("10.0.0.1", "10.0.0.2"));
        executor.run(Duration.ofSeconds(2));
        intake.found(servers("10.0.0.1", "10.0.0.3"));
        executor.run(Duration.ofMillis(2_900));
        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1"));
        executor.run(Duration.ofMillis(200));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.3"));
    }

    @Test
    void doesNotWaitLongerForTheSameListToldAgain() {
        intake.found(servers("10.0.0.1"));

        for (int i = 0; i < 3; i++) {
            intake.found(servers("10.0.0.2", "10.0.0.1"));
            executor.run(Duration.ofSeconds(1));
        }

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.2", "10.0.0.1"));
    }

    @Test
    void doesNotWaitForEverUnderAStreamOfChanges() {
        intake.found(servers("10.0.0.1"));

        for (int i = 0; i < 20; i++) {
            intake.found(servers("10.0.0.1", "10.0.1." + i));
            executor.run(Duration.ofMillis(500));
        }

        assertThat(cluster.discovered()).contains(new ServerAddress("10.0.1.17", 6443));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, -1, 1, 20_000})
    void putsOffForNoOtherTimeWhenTheClockIsSet(long days) {
        intake.found(servers("10.0.0.1"));

        for (int i = 0; i < 16; i++) {
            intake.found(servers("10.0.0.1", "10.0.1." + i));
            clock.set(Duration.ofDays(days));
            executor.run(Duration.ofMillis(500));
            clock.set(Duration.ofDays(-days));
        }
        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1"));
        clock.set(Duration.ofDays(days));
        intake.found(servers("10.0.0.1", "10.0.2.1"));
        executor.run(Duration.ofMillis(1_010));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1", "10.0.2.1"));
    }

    @Test
    void forgetsAChangeThatIsTakenBack() {
        intake.found(servers("10.0.0.1", "10.0.0.2"));

        intake.found(servers("10.0.0.1"));
        executor.run(Duration.ofSeconds(2));
        intake.found(servers("10.0.0.2", "10.0.0.1"));
        executor.run(Duration.ofSeconds(10));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.2"));
        assertThat(outcomes).containsExactly(DiscoveryOutcome.SUCCESS, DiscoveryOutcome.UNCHANGED);
    }

    @Test
    void takesAThousandServersAndNothingOfMore() {
        String[] thousand = IntStream.range(0, 1_000)
                .mapToObj(i -> "10.0." + i / 250 + "." + i % 250)
                .toArray(String[]::new);
        intake.found(servers(thousand));
        intake.found(Stream.concat(servers(thousand).stream(), servers("10.1.0.1").stream())
                .toList());
        executor.run(Duration.ofMinutes(1));

        assertThat(cluster.discovered()).isEqualTo(servers(thousand));
        assertThat(intake.status().error())
                .isEqualTo("the cluster names 1001 servers, which changes nothing: at most 1000 can be taken");
        assertThat(outcomes).containsExactly(DiscoveryOutcome.SUCCESS, DiscoveryOutcome.FAILURE);
    }

    @Test
    void keepsTheListWhenTheClusterNamesNoServer() {
        intake.found(servers("10.0.0.1"));

        intake.found(List.of());
        intake.found(List.of());
        executor.run(Duration.ofSeconds(10));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1"));
        assertThat(cluster.warnings()).hasSize(1);
        assertThat(intake.status().error()).isEqualTo("the cluster names no server, which changes nothing");
        assertThat(outcomes).endsWith(DiscoveryOutcome.IGNORED_EMPTY, DiscoveryOutcome.IGNORED_EMPTY);
    }

    @Test
    void takesWhatItHasPutOffThoughTheClusterNamesNoServerMeanwhile() {
        intake.found(servers("10.0.0.1", "10.0.0.2"));

        intake.found(servers("10.0.0.2"));
        executor.run(Duration.ofSeconds(1));
        intake.found(List.of());
        executor.run(Duration.ofSeconds(3));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.2"));
        assertThat(intake.status().error()).isEqualTo("the cluster names no server, which changes nothing");
        assertThat(outcomes)
                .containsExactly(DiscoveryOutcome.SUCCESS, DiscoveryOutcome.IGNORED_EMPTY, DiscoveryOutcome.SUCCESS);
        intake.found(List.of());
        assertThat(cluster.warnings()).as("which is one trouble").hasSize(1);
        intake.found(servers("10.0.0.2"));
        assertThat(intake.status().error()).isNull();
    }

    @Test
    void isWellAgainWhenItTakesWhatIsNamedAfterATrouble() {
        intake.found(servers("10.0.0.1"));

        intake.failed("no answer");
        intake.found(servers("10.0.0.2"));
        executor.run(Duration.ofSeconds(3));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.2"));
        assertThat(intake.status().error()).isNull();
    }

    @Test
    void keepsTheListWhenTheClusterNamesNobodyButThisBalancer() {
        intake.found(servers("10.0.0.1"));

        intake.found(List.of(SELF));
        executor.run(Duration.ofSeconds(10));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1"));
        assertThat(intake.status().error()).contains("this balancer");
    }

    @Test
    void leavesOutAddressesByRange() {
        intake = intake(new AddressRules(
                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")), List.of(Cidr.parse("10.1.0.0/16")), null));

        intake.found(servers("10.0.0.1", "10.1.0.1", "192.168.0.1", "[fd00::1]", "[2001:db8::1]"));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1", "[fd00::1]"));
    }

    @Test
    void saysWhenNoAddressIsLeft() {
        intake = intake(new AddressRules(List.of(Cidr.parse("10.0.0.0/8")), List.of(), null));

        intake.found(servers("192.168.0.1", "192.168.0.2"));

        assertThat(cluster.discovered()).isEmpty();
        assertThat(intake.status().error())
                .isEqualTo(
                        "lb.discovery.allow and lb.discovery.deny leave none of the 2 servers that the cluster names");
        assertThat(outcomes).containsExactly(DiscoveryOutcome.FAILURE);
    }

    @Test
    void takesHostNamesOnlyWhereAnyAddressMayBeOne() {
        intake.found(servers("api.example.com", "10.0.0.1"));
        assertThat(cluster.discovered()).isEqualTo(servers("api.example.com", "10.0.0.1"));

        intake = intake(new AddressRules(List.of(), List.of(Cidr.parse("10.1.0.0/16")), null));
        intake.found(servers("api.example.com", "10.0.0.2"));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.2"));
    }

    @Test
    void forgetsWhatItWasAboutToTakeWhenNoAddressIsLeft() {
        intake = intake(new AddressRules(List.of(Cidr.parse("10.0.0.0/8")), List.of(), null));
        intake.found(servers("10.0.0.1"));

        intake.found(servers("10.0.0.2"));
        intake.found(servers("192.168.0.1"));
        executor.run(Duration.ofSeconds(20));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1"));
    }

    @Test
    void replacesThePort() {
        intake = intake(new AddressRules(List.of(), List.of(), 443));

        intake.found(servers("10.0.0.1:6443", "10.0.0.1:9345"));

        assertThat(cluster.discovered()).isEqualTo(servers("10.0.0.1:443"));
    }

    @Test
    void tellsATroubleOnceHoweverItLooks() {
        intake.failed("nobody there", "nobody there: refused");
        intake.failed("nobody there", "nobody there: reset");

        assertThat(cluster.warnings()).containsExactly("nobody there: refused");
        assertThat(intake.status().error()).isEqualTo("nobody there: reset");
        intake.failed("another one");
        intake.failed("nobody there", "nobody there: reset");
        assertThat(cluster.warnings()).endsWith("another one", "nobody there: reset");
        intake.found(servers("10.0.0.1"));
        intake.failed("nobody there", "nobody there: reset");
        assertThat(cluster.warnings()).hasSize(4);
    }

    @Test
    void tellsATroubleOnceAndItsEnd() {
        intake.failed("no answer");
        intake.failed("no answer");
        intake.found(servers("10.0.0.1"));

        assertThat(events.latest())
                .filteredOn(event -> event.type() == Event.Type.DISCOVERY)
                .extracting(Event::message)
                .containsExactly("no answer", "the cluster names its servers again");
        assertThat(intake.status().error()).isNull();
        assertThat(outcomes)
                .containsExactly(DiscoveryOutcome.FAILURE, DiscoveryOutcome.FAILURE, DiscoveryOutcome.SUCCESS);
    }
}
