package io.apiserverlb.api;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CertificateWarnings;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.pool.Setting;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The room with all that it needs around it, and nothing else: a seed, a discovered server and two sessions' worth of data path. */
@EnableAutoConfiguration(exclude = SecurityFilterAutoConfiguration.class)
@ComponentScan
class ApiUnderTest {
    static final Instant NOW = Instant.parse("2026-11-23T04:10:00.123456Z");
    static final String SEED = "192.0.2.1:6789";
    static final String DISCOVERED = "192.0.2.20:6443";
    static final String SELF = "127.0.0.1:6444";

    @Bean
    InstantSource clock() {
        return InstantSource.fixed(NOW);
    }

    @Bean
    Events events(InstantSource clock) {
        return new Events(clock);
    }

    @Bean
    ServerPool pool(InstantSource clock, Events events) {
        Membership membership = new Membership(
                List.of(SeedUrl.parse("https://" + SEED)), List.of(), List.of(Values.address(DISCOVERED)), Map.of());
        return new ServerPool(
                new ServerPool.Settings(
                        Policy.ROUND_ROBIN,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(10),
                        "node"),
                new ServerPool.Memory(7, membership, Map.of()),
                Values.address(SELF)::equals,
                ip -> false,
                clock,
                () -> 0,
                new Random(1),
                events);
    }

    @Bean
    SessionView sessions() {
        return new FakeSessions();
    }

    @Bean
    FakeSessionControl sessionControl() {
        return new FakeSessionControl();
    }

    @Bean
    FakeTrust fakeTrust() {
        return new FakeTrust();
    }

    @Bean
    ClusterTrust clusterTrust(FakeTrust trust) {
        return trust.trust();
    }

    @Bean
    CertificateWarnings certificateWarnings() {
        return new CertificateWarnings(List.of("127.0.0.1"), null);
    }

    @Bean
    FakeDiscovery discovery() {
        return new FakeDiscovery();
    }

    @Bean
    Balancer balancer(FakeDiscovery discovery) {
        return new Balancer("apiserver", "blue"::equals, discovery, discovery::refresh);
    }

    /** Has a time of its own. */
    @Bean(defaultCandidate = false)
    ManualExecutor liveExecutor() {
        return new ManualExecutor(new ManualClock());
    }

    /** Fails outside of Spring MVC. */
    @Bean
    FilterRegistrationBean<Filter> failingFilter() {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
            throw new IllegalStateException("a secret");
        });
        registration.addUrlPatterns("/lb/failing");
        return registration;
    }

    /** Something that nobody has thought of when the access rules were written. */
    @Hidden
    @RestController
    static class Unlisted {
        @GetMapping("/unlisted")
        String get() {
            return "open";
        }
    }

    @Bean
    @ConditionalOnProperty("test.cluster")
    FakeCluster cluster() {
        return new FakeCluster();
    }

    @Bean
    AccessSettings accessSettings(
            @Value("${test.token-file:}") String tokenFile, @Value("${test.client-names:}") Set<String> clientNames) {
        return new AccessSettings(tokenFile.isEmpty() ? null : Path.of(tokenFile), clientNames, Set.of("lb.example"));
    }

    /** Makes these the managed list, and leaves no trace of earlier settings. */
    static void reset(ServerPool pool, String... managed) {
        for (ServerAddress address : List.copyOf(pool.list().remembered().keySet())) {
            if (pool.list().find(address).isPresent()) {
                pool.change(
                        new ListChange.Patch(address, AdminState.READY, Setting.DEFAULT_WEIGHT),
                        OptionalLong.empty(),
                        "test");
            }
        }
        List<ServerAddress> addresses = Stream.of(managed).map(Values::address).toList();
        pool.change(new ListChange.Replace(addresses), OptionalLong.empty(), "test");
    }
}
