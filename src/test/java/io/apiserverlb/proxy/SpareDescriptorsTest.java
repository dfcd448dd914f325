package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Test;

class SpareDescriptorsTest {
    @Test
    void areTheLastOnes() {
        SpareDescriptors spare = new SpareDescriptors(1_024);

        assertThat(spare.include(831)).isFalse();
        assertThat(spare.include(832)).isTrue();
    }

    @Test
    void areAQuarterAtMost() {
        assertThat(new SpareDescriptors(100).include(74)).isFalse();
        assertThat(new SpareDescriptors(100).include(75)).isTrue();
    }

    @Test
    void areNextWhereAllOthersAreInUse() {
        Epoll.ensureAvailability();

        assertThat(SpareDescriptors.ofThisProcess().areNext()).isFalse();
        assertThat(new SpareDescriptors(4).areNext()).isTrue();
    }
}
