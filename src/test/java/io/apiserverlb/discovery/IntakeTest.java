package io.apiserverlb.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.DiscoveryOutcome;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.TrafficListener;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final Duration DEBOUNCE = Duration.ofSeconds(3);
    private static final ServerAddress SELF = new ServerAddress("127.0.0.1", 6444);

    private final ManualClock clock = new ManualClock();
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final Events events = new Events(clock);
    private final List<DiscoveryOutcome> outcomes = new ArrayList<>();
    private final ServerPool pool = pool();
    private Intake intake = intake(AddressRules.NONE);

    private ServerPool pool() {
        ServerPool made = new ServerPool(
                new ServerPool.Settings(
                        Policy.ROUND_ROBIN,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(
                        1,
                        new Membership(List.of(SeedUrl.parse("https://10.0.0.9:6443")), List.of(), List.of(), Map.of()),
                        Map.of()),
                SELF::equals,
                InetAddress::isLoopbackAddress,
                clock,
                clock::nanos,
                new Random(1),
                events);
        made.subscribe(new TrafficListener() {
            @Override
            public void discovered(DiscoveryOutcome outcome) {
                outcomes.add(outcome);
            }
        });
        return made;
    }

    private Intake intake(AddressRules rules) {
        return new Intake("kubernetes", rules, DEBOUNCE, pool, executor, clock, events);
    }

    private static List<ServerAddress> servers(String... texts) {
        return Arrays.stream(texts).map(text -> ServerAddress.parse(text, 6443)).toList();
    }

    private List<ServerAddress> discovered() {
        return pool.list().membership().discovered();
    }

    private List<String> warnings() {
        return events.latest().stream()
                .filter(event -> event.type() == Event.Type.DISCOVERY && event.severity() == Event.Severity.WARN)
                .map(Event::message)
                .toList();
    }

    @Test
    void takesTheFirstListAtOnce() {
        intake.found(servers("10.0.0.1", "10.0.0.2"));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.2"));
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
        assertThat(discovered()).isEqualTo(servers("10.0.0.1"));
        executor.run(Duration.ofMillis(200));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.3"));
    }

    @Test
    void doesNotWaitLongerForTheSameListToldAgain() {
        intake.found(servers("10.0.0.1"));

        for (int i = 0; i < 3; i++) {
            intake.found(servers("10.0.0.2", "10.0.0.1"));
            executor.run(Duration.ofSeconds(1));
        }

        assertThat(discovered()).isEqualTo(servers("10.0.0.2", "10.0.0.1"));
    }

    @Test
    void doesNotWaitForEverUnderAStreamOfChanges() {
        intake.found(servers("10.0.0.1"));

        for (int i = 0; i < 20; i++) {
            intake.found(servers("10.0.0.1", "10.0.1." + i));
            executor.run(Duration.ofMillis(500));
        }

        assertThat(discovered()).contains(new ServerAddress("10.0.1.17", 6443));
    }

    @Test
    void forgetsAChangeThatIsTakenBack() {
        intake.found(servers("10.0.0.1", "10.0.0.2"));

        intake.found(servers("10.0.0.1"));
        executor.run(Duration.ofSeconds(2));
        intake.found(servers("10.0.0.2", "10.0.0.1"));
        executor.run(Duration.ofSeconds(10));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1", "10.0.0.2"));
        assertThat(outcomes).containsExactly(DiscoveryOutcome.SUCCESS, DiscoveryOutcome.UNCHANGED);
    }

    @Test
    void keepsTheListWhenTheClusterNamesNoServer() {
        intake.found(servers("10.0.0.1"));

        intake.found(List.of());
        intake.found(List.of());
        executor.run(Duration.ofSeconds(10));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1"));
        assertThat(warnings()).hasSize(1);
        assertThat(intake.status().error()).isEqualTo("the cluster names no server, which changes nothing");
        assertThat(outcomes).endsWith(DiscoveryOutcome.IGNORED_EMPTY, DiscoveryOutcome.IGNORED_EMPTY);
    }

    @Test
    void keepsTheListWhenTheClusterNamesNobodyButThisBalancer() {
        intake.found(servers("10.0.0.1"));

        intake.found(List.of(SELF));
        executor.run(Duration.ofSeconds(10));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1"));
        assertThat(intake.status().error()).contains("this balancer");
    }

    @Test
    void leavesOutAddressesByRange() {
        intake = intake(new AddressRules(
                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")), List.of(Cidr.parse("10.1.0.0/16")), null));

        intake.found(servers("10.0.0.1", "10.1.0.1", "192.168.0.1", "[fd00::1]", "[2001:db8::1]"));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1", "[fd00::1]"));
    }

    @Test
    void saysWhenNoAddressIsLeft() {
        intake = intake(new AddressRules(List.of(Cidr.parse("10.0.0.0/8")), List.of(), null));

        intake.found(servers("192.168.0.1", "192.168.0.2"));

        assertThat(discovered()).isEmpty();
        assertThat(intake.status().error())
                .isEqualTo(
                        "lb.discovery.allow and lb.discovery.deny leave none of the 2 servers that the cluster names");
        assertThat(outcomes).containsExactly(DiscoveryOutcome.FAILURE);
    }

    @Test
    void takesHostNamesOnlyWhereAnyAddressMayBeOne() {
        intake.found(servers("api.example.com", "10.0.0.1"));
        assertThat(discovered()).isEqualTo(servers("api.example.com", "10.0.0.1"));

        intake = intake(new AddressRules(List.of(), List.of(Cidr.parse("10.1.0.0/16")), null));
        intake.found(servers("api.example.com", "10.0.0.2"));

        assertThat(discovered()).isEqualTo(servers("10.0.0.2"));
    }

    @Test
    void forgetsWhatItWasAboutToTakeWhenNoAddressIsLeft() {
        intake = intake(new AddressRules(List.of(Cidr.parse("10.0.0.0/8")), List.of(), null));
        intake.found(servers("10.0.0.1"));

        intake.found(servers("10.0.0.2"));
        intake.found(servers("192.168.0.1"));
        executor.run(Duration.ofSeconds(20));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1"));
    }

    @Test
    void replacesThePort() {
        intake = intake(new AddressRules(List.of(), List.of(), 443));

        intake.found(servers("10.0.0.1:6443", "10.0.0.1:9345"));

        assertThat(discovered()).isEqualTo(servers("10.0.0.1:443"));
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
