package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapacityTest {
    private static int servers(long mebibytes) {
        return Capacity.of(mebibytes << 20).servers();
    }

    @Test
    void isWhatTheHeapHasRoomFor() {
        assertThat(servers(46)).isEqualTo(64);
        assertThat(servers(50)).isEqualTo(128);
    }

    @Test
    void hasBoundsOfItsOwn() {
        assertThat(servers(16)).isEqualTo(16);
        assertThat(servers(128)).isEqualTo(1_376);
        assertThat(servers(1 << 20)).isEqualTo(2_100);
    }
}
