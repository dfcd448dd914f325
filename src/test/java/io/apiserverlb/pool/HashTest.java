package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where hashes change, so do the servers of all clients whose address decides: at every upgrade. */
class HashTest {
    @Test
    void isTheSameInEveryVersion() {
        assertThat(Hash.of("")).isEqualTo(0xefd01f60ba992926L);
        assertThat(Hash.of("10.0.0.1:6443")).isEqualTo(0xcb7a461a47457de7L);
        assertThat(Hash.of(new byte[] {0, 0x7f, (byte) 0x80, (byte) 0xff})).isEqualTo(0x1d02d33bc0881bf5L);
    }

    @Test
    void spreadsEveryBit() {
        assertThat(Hash.mix(0)).isZero();
        assertThat(Hash.mix(1)).isEqualTo(0xb456bcfc34c2cb2cL);
        assertThat(Hash.mix(Long.MIN_VALUE)).isEqualTo(0x8f780810af31a493L);
    }
}
