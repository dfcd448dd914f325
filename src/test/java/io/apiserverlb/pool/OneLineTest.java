package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneLineTest {

    @Test
    void leavesOrdinaryTextAsItIs() {
        assertThat(OneLine.of("Größe 漢字 😀 a\u00a0b")).isEqualTo("Größe 漢字 😀 a\u00a0b");
        assertThat(OneLine.quoted("10.0.0.1")).isEqualTo("'10.0.0.1'");
    }

    @Test
    void replacesWhatWouldBreakALineOrCannotBeSeen() {
        assertThat(OneLine.of("a\r\nb\u2028c\u0000d\u001b[31me\u200bf\ud800g")).isEqualTo("a??b?c?d?[31me?f?g");
    }

    @Test
    void shortensWhatIsLong() {
        assertThat(OneLine.of("a".repeat(5_000))).isEqualTo("a".repeat(999) + "…");
        assertThat(OneLine.quoted("a".repeat(5_000))).isEqualTo("'" + "a".repeat(299) + "…'");
    }

    @Test
    void cutsNoCharacterInHalf() {
        assertThat(OneLine.quoted("a".repeat(298) + "😀😀")).isEqualTo("'" + "a".repeat(298) + "?…'");
    }
}
