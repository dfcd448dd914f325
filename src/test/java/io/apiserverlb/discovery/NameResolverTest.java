package io.apiserverlb.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class NameResolverTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T04:00:00Z"));
    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration NEVER = Duration.ofHours(1);

    private final FakeDns dns = new FakeDns();
    private final Events events = new Events(CLOCK);
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final List<NameResolver> resolvers = new ArrayList<>();

    @AfterEach
    void closeResolvers() {
        resolvers.forEach(NameResolver::close);
        dns.goOn.countDown();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(5));
    }

    private NameResolver resolver(Duration refresh) {
        NameResolver resolver = new NameResolver(
                dns,
                (name, addresses) -> answers.add(name + "=" + texts(addresses)),
                refresh,
                new Random(1),
                CLOCK,
                events);
        resolvers.add(resolver);
        return resolver;
    }

    private static String texts(List<InetAddress> addresses) {
        return String.join(
                ",", addresses.stream().map(InetAddress::getHostAddress).toList());
    }

    private static ServerList listOf(String... managed) {
        return pool(List.of(), managed).list();
    }

    private static ServerPool pool(List<SeedUrl> seeds, String... managed) {
        List<ServerAddress> addresses =
                Stream.of(managed).map(text -> ServerAddress.parse(text, 6443)).toList();
        return new ServerPool(
                new ServerPool.Settings(
                        Policy.LEAST_CONNECTIONS,
                        Prefer.NONE,
                        new Health.Thresholds(2, 3, 1),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "node-1"),
                new ServerPool.Memory(1, new Membership(seeds, addresses, List.of(), Map.of()), Map.of()),
                address -> false,
                ip -> false,
                CLOCK,
                () -> 0,
                new Random(1),
                new Events(CLOCK));
    }

    @Test
    void resolvesEveryNameAtOnceThatStandsInAListOrASeed() {
        dns.answers("a.example", "10.0.0.1");
        dns.answers("b.example", "10.0.0.2");
        ServerPool pool = pool(List.of(SeedUrl.parse("https://a.example")), "b.example", "10.0.0.3:6443");

        pool.subscribe(resolver(NEVER)::accept);

        await().untilAsserted(() ->
                assertThat(answers).containsExactlyInAnyOrder("a.example=10.0.0.1", "b.example=10.0.0.2"));
        assertThat(dns.asked.keySet()).containsExactlyInAnyOrder("a.example", "b.example");
    }

    @Test
    void makesServersOfTheAddressesInThePool() {
        dns.answers("a.example", "10.0.0.2", "10.0.0.1");
        ServerPool pool = pool(List.of(), "a.example:7443");
        NameResolver resolver = new NameResolver(dns, pool::resolved, OFTEN, new Random(1), CLOCK, events);
        resolvers.add(resolver);

        pool.subscribe(resolver::accept);

        await().untilAsserted(() -> assertThat(pool.list().servers())
                .extracting(Server::address)
                .extracting(ServerAddress::toString)
                .containsExactly("10.0.0.1:7443", "10.0.0.2:7443"));
    }

    @Test
    void resolvesANameThatAppearsLater() {
        dns.answers("a.example", "10.0.0.1");
        dns.answers("b.example", "10.0.0.2");
        ServerPool pool = pool(List.of(), "a.example");
        pool.subscribe(resolver(NEVER)::accept);

        pool.change(new ListChange.Add(ServerAddress.parse("b.example", 6443), null), OptionalLong.empty(), "test");

        await().untilAsserted(() -> assertThat(answers).contains("b.example=10.0.0.2"));
        assertThat(dns.timesAsked("a.example")).isLessThanOrEqualTo(1);
    }

    @Test
    void asksAgainAndAgain() {
        dns.answers("a.example", "10.0.0.1");
        resolver(OFTEN).accept(listOf("a.example"));
        await().until(() -> answers.size() > 2);

        dns.answers("a.example", "10.0.0.9");

        await().untilAsserted(() -> assertThat(answers).contains("a.example=10.0.0.9"));
        assertThat(events.latest()).isEmpty();
    }

    @Test
    void asksForANameOfTheListOnlyOnceAtATime() {
        dns.hangs("slow.example");
        NameResolver resolver = resolver(OFTEN);

        IntStream.range(0, 50).forEach(i -> resolver.accept(listOf("slow.example", "fast.example")));
        await().until(() -> dns.timesAsked("fast.example") > 5);

        assertThat(dns.timesAsked("slow.example")).isEqualTo(1);
    }

    @Test
    void putsAddressesInAnOrderThatDoesNotDependOnTheAnswer() {
        dns.answers("a.example", "fd00::1", "10.0.0.200", "10.0.0.3", "fd00::", "10.0.0.3");
        resolver(NEVER).accept(listOf("a.example"));

        await().untilAsserted(() -> assertThat(answers)
                .containsExactly("a.example=10.0.0.3,10.0.0.200,fd00:0:0:0:0:0:0:0,fd00:0:0:0:0:0:0:1"));
    }

    @Test
    void leavesOutAddressesThatNoServerCanHave() {
        dns.answers("a.example", "0.0.0.0", "10.0.0.1", "::", "224.0.0.1");
        resolver(NEVER).accept(listOf("a.example"));

        await().untilAsserted(() -> assertThat(answers).containsExactly("a.example=10.0.0.1"));
    }

    @Test
    void takesNothingOfAnAnswerWithMoreThanAHundredAddresses() {
        dns.answers(
                "a.example",
                IntStream.range(0, 101).mapToObj(i -> "10.0.0." + i).toArray(String[]::new));
        NameResolver resolver = resolver(NEVER);
        resolver.accept(listOf("a.example"));

        await().untilAsserted(() -> assertThat(resolver.status().error())
                .isEqualTo(
                        "the host name a.example cannot be resolved: the answer holds 101 addresses, more than 100"));
        assertThat(answers).isEmpty();
    }

    @Test
    void keepsTheLastAnswerAndReportsAFailureOnceUntilItIsOver() {
        dns.answers("a.example", "10.0.0.1");
        NameResolver resolver = resolver(OFTEN);
        resolver.accept(listOf("a.example"));
        await().until(() -> !answers.isEmpty());

        dns.fails("a.example");
        dns.awaitFurther("a.example", 5);
        answers.clear();
        String errorMeanwhile = resolver.status().error();
        dns.answers("a.example");
        dns.awaitFurther("a.example", 5);
        List<String> answersMeanwhile = List.copyOf(answers);
        dns.answers("a.example", "10.0.0.1");
        await().until(() -> events.latest().size() == 2);

        assertThat(answersMeanwhile).isEmpty();
        assertThat(errorMeanwhile).contains("a.example", "name or service not known");
        assertThat(resolver.status().error()).isNull();
        assertThat(events.latest())
                .extracting(Event::severity)
                .containsExactly(Event.Severity.WARN, Event.Severity.INFO);
        assertThat(events.latest())
                .allSatisfy(event -> assertThat(event.message()).contains("a.example"));
    }

    @Test
    void asksSoonAgainForANameThatCannotBeResolved() {
        dns.fails("a.example");
        resolver(NEVER).accept(listOf("a.example"));
        await().until(() -> dns.timesAsked("a.example") >= 1);

        dns.answers("a.example", "10.0.0.1");

        await().untilAsserted(() -> assertThat(answers).containsExactly("a.example=10.0.0.1"));
    }

    @Test
    void goesOnWhenWhoTakesTheAnswerFails() {
        dns.answers("a.example", "10.0.0.1");
        NameResolver resolver = new NameResolver(
                dns,
                (name, addresses) -> {
                    throw new IllegalStateException("not today");
                },
                OFTEN,
                new Random(1),
                CLOCK,
                events);
        resolvers.add(resolver);

        resolver.accept(listOf("a.example"));

        await().until(() -> dns.timesAsked("a.example") > 3);
        assertThat(events.latest()).hasSize(1);
    }

    @Test
    void doesNotLetANameThatHangsHoldUpOthers() {
        dns.hangs("slow1.example");
        dns.hangs("slow2.example");
        dns.hangs("slow3.example");
        dns.answers("fast.example", "10.0.0.1");

        resolver(OFTEN).accept(listOf("slow1.example", "slow2.example", "slow3.example", "fast.example"));

        await().until(() -> dns.timesAsked("fast.example") > 3);
        assertThat(answers).contains("fast.example=10.0.0.1");
    }

    @Test
    void usesFourThreadsAtMostAndAllAreDaemons() {
        String[] names =
                IntStream.range(0, 20).mapToObj(i -> "slow" + i + ".example").toArray(String[]::new);
        Stream.of(names).forEach(dns::hangs);

        resolver(OFTEN).accept(listOf(names));

        await().until(() -> dns.threads.size() >= 4);
        await().during(Duration.ofMillis(150)).until(() -> dns.threads.size() == 4);
        assertThat(dns.threads).allSatisfy(thread -> {
            assertThat(thread.getName()).startsWith("lb-dns-");
            assertThat(thread.isDaemon()).isTrue();
        });
    }

    @Test
    void asksNoMoreForANameThatLeftTheList() {
        dns.answers("a.example", "10.0.0.1");
        dns.answers("b.example", "10.0.0.2");
        NameResolver resolver = resolver(OFTEN);
        resolver.accept(listOf("a.example", "b.example"));
        await().until(() -> dns.timesAsked("a.example") > 1);

        resolver.accept(listOf("b.example"));
        dns.awaitFurther("b.example", 3);
        int soFar = dns.timesAsked("a.example");
        dns.awaitFurther("b.example", 10);

        // A thread that had begun may still have been on its way to ask.
        assertThat(dns.timesAsked("a.example")).isLessThanOrEqualTo(soFar + 1);
    }

    @Test
    void dropsAnAnswerThatComesAfterTheNameLeft() {
        dns.hangs("slow.example");
        NameResolver resolver = resolver(OFTEN);
        resolver.accept(listOf("slow.example"));
        await().until(() -> dns.timesAsked("slow.example") == 1);

        resolver.accept(listOf("fast.example"));
        dns.answers("fast.example", "10.0.0.2");
        dns.answers("slow.example", "10.0.0.1");
        dns.goOn.countDown();

        await().until(() -> answers.size() > 3);
        assertThat(answers).doesNotContain("slow.example=10.0.0.1");
    }

    @Test
    void asksOnceForANameThatLeftAndCameBack() {
        dns.answers("a.example", "10.0.0.1");
        NameResolver resolver = resolver(NEVER);
        resolver.accept(listOf("a.example"));
        await().until(() -> answers.size() == 1);

        resolver.accept(listOf());
        resolver.accept(listOf("a.example"));

        await().until(() -> answers.size() == 2);
        assertThat(dns.timesAsked("a.example")).isEqualTo(2);
    }

    @Test
    void tellsHowItGoes() {
        dns.answers("a.example", "10.0.0.1");
        dns.fails("b.example");
        dns.fails("c.example");
        NameResolver resolver = resolver(NEVER);

        assertThat(resolver.status().kind()).isEqualTo("none");
        assertThat(resolver.status().lastSuccess()).isNull();
        assertThat(resolver.status().error()).isNull();

        resolver.accept(listOf("a.example", "b.example", "c.example"));

        await().untilAsserted(() -> {
            assertThat(resolver.status().lastSuccess()).isEqualTo(CLOCK.instant());
            assertThat(resolver.status().error()).contains("b.example", "; ", "c.example");
        });
        resolver.accept(listOf("a.example"));
        assertThat(resolver.status().error()).isNull();
    }

    @Test
    void asksNothingAfterItsEnd() {
        NameResolver resolver = resolver(OFTEN);
        resolver.close();

        resolver.accept(listOf("a.example"));
        resolver.close();

        assertThat(dns.asked).isEmpty();
    }

    /** Answers as it was told, and counts the questions. */
    private static final class FakeDns implements NameResolver.Lookup {
        private final Map<String, List<InetAddress>> known = new ConcurrentHashMap<>();
        private final Map<String, Boolean> hanging = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final CountDownLatch goOn = new CountDownLatch(1);

        void answers(String name, String... addresses) {
            known.put(name, Stream.of(addresses).map(FakeDns::ip).toList());
        }

        void fails(String name) {
            known.remove(name);
        }

        void hangs(String name) {
            hanging.put(name, true);
        }

        int timesAsked(String name) {
            AtomicInteger times = asked.get(name);
            return times == null ? 0 : times.get();
        }

        /** Waits until the answers of now have been given some times. */
        void awaitFurther(String name, int times) {
            int soFar = timesAsked(name);
            await().until(() -> timesAsked(name) > soFar + times);
        }

        private static InetAddress ip(String text) {
            try {
                return InetAddress.getByName(text);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(e);
            }
        }

        @Override
        public List<InetAddress> addressesOf(String name) throws UnknownHostException {
            asked.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
            if (!threads.contains(Thread.currentThread())) {
                threads.add(Thread.currentThread());
            }
            if (hanging.containsKey(name)) {
                awaitUninterruptibly();
            }
            List<InetAddress> addresses = known.get(name);
            if (addresses == null) {
                throw new UnknownHostException(name + ": name or service not known");
            }
            return addresses;
        }

        private void awaitUninterruptibly() {
            while (goOn.getCount() > 0) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    // A system's lookup takes no notice either.
                }
            }
        }
    }
}
