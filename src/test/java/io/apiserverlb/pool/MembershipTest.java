package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.C;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final Membership LISTS =
            new Membership(List.of(SeedUrl.parse("https://10.0.0.3:6443")), List.of(A, B), List.of(B, C), Map.of());

    @Test
    void knowsInWhichListsAnAddressStands() {
        assertThat(LISTS.origins(A)).containsExactly(Origin.MANAGED);
        assertThat(LISTS.origins(B)).containsExactlyInAnyOrder(Origin.MANAGED, Origin.DISCOVERED);
        assertThat(LISTS.origins(C)).containsExactlyInAnyOrder(Origin.DISCOVERED, Origin.SEED);
        assertThat(LISTS.origins(D)).isEmpty();
    }
}
