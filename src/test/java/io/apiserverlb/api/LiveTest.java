package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CertificateWarnings;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.info.BuildProperties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LiveTest {
    private final ManualClock clock = new ManualClock();
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final Events events = new Events(clock);
    private final ServerPool pool = new ApiUnderTest().pool(clock, events);
    private final Live live = new Live(pool, overview(), views(), events, new JsonMapper(), clock, executor);

    private boolean broken;
    /** Each status asks discovery once. */
    private int made;

    private Overview overview() {
        Balancer balancer = new Balancer("apiserver", "blue"::equals, this::discovery, () -> {});
        ProductVersion version =
                new ProductVersion(new StaticListableBeanFactory().getBeanProvider(BuildProperties.class));
        return new Overview(balancer, new FakeSessions(), version);
    }

    private ServerViews views() {
        return new ServerViews(new CertificateWarnings(List.of(), null), clock);
    }

    private DiscoveryStatus discovery() {
        made++;
        if (broken) {
            throw new IllegalStateException("broken");
        }
        return new DiscoveryStatus("none", null, null);
    }

    private static final class Follower implements Consumer<byte[]> {
        final List<String> heard = new ArrayList<>();

        @Override
        public void accept(byte[] event) {
            heard.add(new String(event, StandardCharsets.UTF_8));
        }
    }

    private static JsonNode data(String event) {
        return Client.json(event.substring(event.indexOf("data: ") + "data: ".length()));
    }

    private JsonNode history(Consumer<byte[]> follower) {
        List<byte[]> first = live.follow(follower);
        assertThat(first).hasSize(1);
        String event = new String(first.get(0), StandardCharsets.UTF_8);
        assertThat(event).startsWith("event: history\ndata: {\"intervalMs\":1000,\"samples\":[");
        return data(event).get("samples");
    }

    @Test
    void keepsTheLastQuarterOfAnHourThoughNobodyFollows() {
        executor.run(Duration.ofMinutes(20));

        JsonNode samples = history(new Follower());

        assertThat(samples).hasSize(900);
        assertThat(samples.valueStream())
                .allSatisfy(sample -> assertThat(sample).hasSize(6));
        long newest = samples.get(899).get(0).longValue();
        assertThat(clock.millis() - newest).isBetween(0L, 1_100L);
        assertThat(newest - samples.get(0).get(0).longValue()).isBetween(899_000L, 920_000L);
        assertThat(made).isZero();
    }

    @Test
    void tellsEachSampleOnce() {
        executor.run(Duration.ofSeconds(3));
        Follower follower = new Follower();
        JsonNode samples = history(follower);

        executor.run(Duration.ofSeconds(3));

        assertThat(follower.heard).hasSize(3).allMatch(event -> event.startsWith("event: status\ndata: {\"boot\":\""));
        List<Long> times = new ArrayList<>();
        samples.forEach(sample -> times.add(sample.get(0).longValue()));
        follower.heard.forEach(event -> times.add(data(event).at("/sample/0").longValue()));
        assertThat(times).hasSize(6).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void makesAStatusOnceForAllWhoFollow() {
        Follower one = new Follower();
        Follower other = new Follower();
        history(one);
        history(other);

        executor.run(Duration.ofSeconds(2));
        assertThat(made).isEqualTo(2);
        assertThat(other.heard).hasSize(2).isEqualTo(one.heard);

        live.unfollow(one);
        live.unfollow(other);
        executor.run(Duration.ofSeconds(2));
        assertThat(made).isEqualTo(2);
    }

    @Test
    void tellsALongListLessOften() {
        ApiUnderTest.reset(
                pool,
                IntStream.range(0, 250).mapToObj(i -> "192.0.2.1:" + (7000 + i)).toArray(String[]::new));
        Follower follower = new Follower();
        history(follower);

        executor.run(Duration.ofSeconds(9));

        assertThat(follower.heard).hasSize(3);
    }

    @Test
    void doesNotHaveAnybodyWaitForHisFirstStatus() {
        ApiUnderTest.reset(
                pool,
                IntStream.range(0, 250).mapToObj(i -> "192.0.2.1:" + (7000 + i)).toArray(String[]::new));
        history(new Follower());
        executor.run(Duration.ofMillis(1_500));
        Follower follower = new Follower();
        history(follower);

        executor.run(Duration.ofSeconds(1));

        assertThat(follower.heard).hasSize(1);
    }

    @Test
    void goesOnAfterAFailureAndReportsItOnce() {
        Follower follower = new Follower();
        history(follower);
        broken = true;
        executor.run(Duration.ofSeconds(3));
        broken = false;

        executor.run(Duration.ofSeconds(1));

        assertThat(follower.heard).hasSize(1);
        assertThat(events.latest())
                .filteredOn(event -> event.severity() == Event.Severity.ERROR)
                .extracting(Event::message)
                .containsExactly("telling the status failed: java.lang.IllegalStateException: broken");
    }
}
