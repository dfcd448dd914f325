package io.apiserverlb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private static Holdings holding(String... threads) {
        Set<Thread> all =
                Stream.of(threads).map(name -> new Thread(null, null, name)).collect(Collectors.toSet());
        return new Holdings(Set.of(), all, Map.of());
    }

    @Test
    void aThreadThatWasNotThereIsLeftBehind() {
        assertThat(holding("lb-1", "http-nio-auto-1-Poller", "http-nio-auto-1-exec-1")
                        .beyond(holding()))
                .containsExactlyInAnyOrder(
                        "thread lb-1", "thread http-nio-auto-1-Poller", "thread http-nio-auto-1-exec-1");
    }

    @Test
    void oneMoreOfAServerThatWasThereIsNot() {
        Holdings before = holding("http-nio-auto-1-Poller", "http-nio-auto-1-exec-1");

        assertThat(holding("http-nio-auto-1-exec-2").beyond(before)).isEmpty();
        assertThat(holding("http-nio-auto-2-exec-1").beyond(before)).containsExactly("thread http-nio-auto-2-exec-1");
    }
}
