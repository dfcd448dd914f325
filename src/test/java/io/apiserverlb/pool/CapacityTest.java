package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
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

    private static ServerList list(ServerAddress... addresses) {
        return TestPool.managing(addresses).pool.list();
    }

    @Test
    void isExceededByAListThatHasBecomeTooLong() {
        Capacity two = new Capacity(2, 46);

        assertThat(two.isExceeded(list(A), list(A, B))).isFalse();
        assertThat(two.isExceeded(list(A, B), list(A, B, C))).isTrue();
        assertThat(two.isExceeded(list(A, B, C), list(A, B, D))).isFalse();
        assertThat(two.isExceeded(list(A, B, C, D), list(A, B, C))).isFalse();
    }

    @Test
    void isExplainedByTheHeapIfThatIsTheReason() {
        assertThat(new Capacity(2, 46).explain(list(A, B, C)))
                .isEqualTo("the list would have 3 servers, and can have 2 at most where the heap has 46 MiB (-Xmx)");
        assertThat(Capacity.of(1L << 40).explain(list(A)))
                .isEqualTo("the list would have 1 servers, and can have 2100 at most");
        assertThat(Capacity.of(50L << 20).explain(list(A)))
                .endsWith("and can have 128 at most where the heap has 50 MiB (-Xmx)");
    }

    @Test
    void hasBoundsOfItsOwn() {
        assertThat(servers(16)).isEqualTo(16);
        assertThat(servers(128)).isEqualTo(1_376);
        assertThat(servers(1 << 20)).isEqualTo(2_100);
    }
}
