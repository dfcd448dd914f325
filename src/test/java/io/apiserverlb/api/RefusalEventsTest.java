package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RefusalEventsTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Events events = new Events(InstantSource.system());
    private final RefusalEvents refusals = new RefusalEvents(events, nanos::get);

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            refusals.record("rest anonymous@192.0.2.9", "refused");
        }
    }

    @Test
    void recordEachOfAFew() {
        refuse(3);

        assertThat(events.latest()).hasSize(3).allSatisfy(event -> {
            assertThat(event.type()).isEqualTo(Event.Type.ACCESS);
            assertThat(event.severity()).isEqualTo(Event.Severity.WARN);
            assertThat(event.actor()).isEqualTo("rest anonymous@192.0.2.9");
            assertThat(event.message()).isEqualTo("refused");
        });
    }

    @Test
    void leaveRoomForOtherEventsDuringAScan() {
        refuse(5_000);

        assertThat(events.latest()).hasSize(60);
    }

    @Test
    void tellHowManyWereNotRecordedOnceThereIsRoomAgain() {
        refuse(70);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        refuse(2);

        assertThat(events.latest())
                .hasSize(61)
                .last()
                .satisfies(event -> assertThat(event.message())
                        .isEqualTo("refused (and 10 refused before that were not recorded)"));
    }

    @Test
    void allowNoMoreAtOnceAfterALongQuiet() {
        nanos.addAndGet(Duration.ofDays(300).toNanos());
        refuse(70);

        assertThat(events.latest()).hasSize(60);
    }

    @Test
    void cutLongTexts() {
        refusals.record("rest", "x".repeat(10_000));

        assertThat(events.latest().get(0).message()).hasSize(301);
    }
}
