package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final ManualClock clock = new ManualClock();
    private final Events events = new Events(clock);

    private void record(String message) {
        events.record(Event.Type.PROCESS, Event.Severity.INFO, "test", message);
    }

    @Test
    void keepsTheLatestThousandOldestFirst() {
        IntStream.rangeClosed(1, 1_005).forEach(i -> record("event " + i));

        assertThat(events.latest()).hasSize(1_000);
        assertThat(events.latest()).first().extracting(Event::message).isEqualTo("event 6");
        assertThat(events.latest()).last().extracting(Event::message).isEqualTo("event 1005");
    }

    private void refuse(int times) {
        IntStream.range(0, times)
                .forEach(i -> events.record(Event.Type.ACCESS, Event.Severity.WARN, "test", "refusal " + i));
    }

    private List<String> kept(Event.Type type) {
        return events.latest().stream()
                .filter(event -> event.type() == type)
                .map(Event::message)
                .toList();
    }

    @Test
    void losesNoChangeToRefusals() {
        IntStream.range(0, 750).forEach(i -> record("event " + i));
        refuse(5_000);

        assertThat(kept(Event.Type.PROCESS)).hasSize(750).startsWith("event 0");
        assertThat(kept(Event.Type.ACCESS))
                .hasSize(250)
                .startsWith("refusal 4750")
                .endsWith("refusal 4999");
    }

    @Test
    void keepsMoreRefusalsWhileThereIsRoom() {
        refuse(1_000);
        assertThat(kept(Event.Type.ACCESS)).hasSize(1_000);

        IntStream.range(0, 800).forEach(i -> record("event " + i));

        assertThat(kept(Event.Type.ACCESS)).hasSize(200).startsWith("refusal 800");
        assertThat(kept(Event.Type.PROCESS)).hasSize(800).startsWith("event 0");

        refuse(400);

        assertThat(kept(Event.Type.ACCESS)).hasSize(250).endsWith("refusal 399");
        assertThat(kept(Event.Type.PROCESS)).hasSize(750).startsWith("event 50");
    }

    @Test
    void tellsAFollowerWhatItHasMissedBesideManyRefusals() {
        record("first");
        refuse(1_100);
        String last = id(999);
        record("second");

        assertThat(following(last)).containsExactly("second");
        assertThat(following(id(0))).startsWith("refusal 102").hasSize(999);
    }

    @Test
    void numbersEventsWithinOneRunOfTheProcess() {
        record("one");
        record("two");

        List<String> ids = events.latest().stream().map(Event::id).toList();
        String boot = ids.get(0).substring(0, ids.get(0).indexOf('-'));
        assertThat(boot).isNotEmpty();
        assertThat(ids).containsExactly(boot + "-1", boot + "-2");
        assertThat(events.boot()).isEqualTo(boot);
    }

    @Test
    void numbersTheEventsOfTwoRunsDifferently() {
        record("one");
        clock.advance(Duration.ofSeconds(1));
        Events restarted = new Events(clock);
        restarted.record(Event.Type.PROCESS, Event.Severity.INFO, "test", "one");

        assertThat(restarted.latest().get(0).id())
                .isNotEqualTo(events.latest().get(0).id());
    }

    @Test
    void datesEvents() {
        record("one");
        clock.advance(Duration.ofSeconds(1));
        record("two");

        assertThat(events.latest())
                .extracting(Event::at)
                .containsExactly(clock.instant().minusSeconds(1), clock.instant());
    }

    @Test
    void tellsItsListenersEachEventInOrder() {
        record("before");
        List<String> told = new ArrayList<>();
        events.subscribe(event -> told.add(event.message()));

        record("one");
        record("two");

        assertThat(told).containsExactly("one", "two");
    }

    @Test
    void givesOutItsHistoryAsItIsAtTheMoment() {
        record("one");
        List<Event> latest = events.latest();

        record("two");

        assertThat(latest).hasSize(1);
    }

    @Test
    void losesNoEventOfManyThreads() throws InterruptedException {
        Set<String> ids = new HashSet<>();
        events.subscribe(event -> ids.add(event.id()));
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(
                        () -> {
                            awaitQuietly(start);
                            IntStream.range(0, 500).forEach(n -> record("event"));
                        },
                        "lb-test-" + i))
                .toList();

        threads.forEach(Thread::start);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(ids).as("listeners are called one at a time").hasSize(2_000);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> following(String after) {
        return events.follow(after, event -> {}).stream().map(Event::message).toList();
    }

    private String id(int index) {
        return events.latest().get(index).id();
    }

    @Test
    void tellsAFollowerWhatItHasMissed() {
        List.of("one", "two", "three").forEach(this::record);

        assertThat(following(id(0))).containsExactly("two", "three");
        assertThat(following(id(2))).isEmpty();
        assertThat(events.follow(null, event -> {})).isEmpty();
    }

    @Test
    void tellsAFollowerAllThatIsKeptIfItKnowsNoneOfIt() {
        List.of("one", "two").forEach(this::record);
        String boot = id(0).substring(0, id(0).indexOf('-'));

        for (String unknown : List.of("0-1", boot + "-99", boot + "-x", boot + "-", boot + "--9", "", "nonsense")) {
            assertThat(following(unknown)).as(unknown).containsExactly("one", "two");
        }
        IntStream.rangeClosed(1, 1_000).forEach(i -> record("more"));
        assertThat(following(boot + "-1")).hasSize(1_000);
    }

    @Test
    void tellsAFollowerEachEventUntilItGoes() {
        List<Event> heard = new ArrayList<>();
        Consumer<Event> follower = heard::add;
        record("before");
        var unused = events.follow(null, follower);

        record("one");
        events.unfollow(follower);
        record("two");

        assertThat(heard).extracting(Event::message).containsExactly("one");
    }

    @Test
    void keepsTheBeginningOfALongText() {
        String text = "x".repeat(Events.LONGEST_TEXT);

        events.record(Event.Type.LIST, Event.Severity.INFO, null, "rest", text, text + "yy", text);

        Event event = events.latest().get(0);
        assertThat(event.message()).isEqualTo(text);
        assertThat(event.before()).isEqualTo(text + "… and 2 characters more");
        assertThat(event.after()).isEqualTo(text);
    }
}
