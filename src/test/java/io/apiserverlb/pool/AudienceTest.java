package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AudienceTest {
    private final Audience audience = new Audience();

    @Test
    void tellsWhoeverComesLaterWhatHappenedBeforeThereWasAnybody() {
        audience.tell(listener -> listener.rejected(Rejection.LIMIT));
        Heard first = new Heard();
        Heard second = new Heard();

        audience.add(first);
        audience.add(second);
        audience.tell(listener -> listener.rejected(Rejection.NO_SERVER));

        assertThat(first.rejections).containsExactly(Rejection.LIMIT, Rejection.NO_SERVER);
        assertThat(second.rejections).containsExactly(Rejection.LIMIT, Rejection.NO_SERVER);
    }

    @Test
    void forgetsTheBeginningOnceSomebodyHasHeardIt() {
        audience.tell(listener -> listener.rejected(Rejection.LIMIT));
        audience.forgetEarly();
        Heard first = new Heard();
        audience.add(first);
        audience.forgetEarly();
        Heard late = new Heard();

        audience.add(late);

        assertThat(first.rejections).containsExactly(Rejection.LIMIT);
        assertThat(late.rejections).isEmpty();
    }

    @Test
    void keepsTenThousandOfTheBeginning() {
        for (int i = 0; i < 10_001; i++) {
            audience.tell(listener -> listener.rejected(Rejection.LIMIT));
        }
        Heard first = new Heard();

        audience.add(first);

        assertThat(first.rejections).hasSize(10_000);
    }

    private static final class Heard implements TrafficListener {
        private final List<Rejection> rejections = new ArrayList<>();

        @Override
        public void rejected(Rejection reason) {
            rejections.add(reason);
        }
    }
}
