package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static Sample at(long at) {
        return new Sample(at, at + .1, at + .2, at + .3, at + .4, at + .5);
    }

    @Test
    void showsWhatThereIs() {
        Sample sample = new Sample(1_795_407_000_123L, 12.3456, 1_200.5, 56_000.4, 3.1415, 4.86);

        assertThat(sample.figures()).containsExactly(1_795_407_000_123L, 12.35, 1_201L, 56_000L, 3.1, 4.9);
    }

    @Test
    void showsNothingWhereThereIsNothing() {
        Sample sample = new Sample(1, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

        assertThat(sample.figures()).containsExactly(1L, null, null, null, null, null);
    }

    @Test
    void areKeptUntilThereAreTooMany() {
        Samples samples = new Samples(3);
        assertThat(samples.all()).isEmpty();

        samples.add(at(1));
        samples.add(at(2));
        assertThat(samples.all()).containsExactly(at(1), at(2));

        LongStream.rangeClosed(3, 8).mapToObj(SampleTest::at).forEach(samples::add);
        assertThat(samples.all()).containsExactly(at(6), at(7), at(8));
    }
}
