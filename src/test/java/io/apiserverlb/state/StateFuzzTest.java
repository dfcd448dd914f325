package io.apiserverlb.state;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;
import static io.apiserverlb.testing.Demands.same;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** State files, of whomever. */
class StateFuzzTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T04:10:00Z"));
    private static final List<SeedUrl> SEEDS = List.of(SeedUrl.parse("https://192.168.1.177:6789"));
    private static final List<ServerAddress> CONFIGURED = List.of(new ServerAddress("10.0.0.1", 6443));
    private static final int LONGEST_MESSAGE = 1_000;

    @FuzzTest
    void readsStateFiles(byte[] bytes) {
        SavedState state;
        try {
            state = StateJson.read(bytes);
        } catch (CorruptStateException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
            return;
        }
        restore(state, List.of(), List.of(), false);
        restore(state, SEEDS, List.of(), true);
        restore(state, SEEDS, CONFIGURED, false);
    }

    private static void restore(
            SavedState state, List<SeedUrl> seeds, List<ServerAddress> configured, boolean discovery) {
        Restoration restored = Restoration.of(Optional.of(state), seeds, configured, discovery);
        restored.notes().forEach(note -> readable(note.message(), LONGEST_MESSAGE));
        SavedState next = next(restored, configured);
        Restoration again = Restoration.of(Optional.of(written(next)), seeds, configured, discovery);
        demand(restored.notes().containsAll(again.notes()), "what was written is complained of: " + again.notes());
        // As text: 13e+0 is written as 13, which is read as a number of another type.
        same(again.unknown().toString(), next.unknown().toString());
        same(again.memory().membership(), restored.memory().membership());
        demand(
                again.memory().version() == restored.memory().version(),
                "to restore once more is a change: " + restored.memory().version() + ", then "
                        + again.memory().version());
        same(text(next(again, configured)), text(next));
    }

    private static String text(SavedState state) {
        return new String(StateJson.write(state), StandardCharsets.UTF_8);
    }

    private static SavedState next(Restoration restored, List<ServerAddress> configured) {
        return SavedState.from(Fixtures.pool(restored.memory(), CLOCK).list(), configured)
                .keeping(restored.unknown());
    }

    private static SavedState written(SavedState state) {
        try {
            return StateJson.read(StateJson.write(state));
        } catch (CorruptStateException e) {
            throw new AssertionError("cannot be read any more: " + state, e);
        }
    }
}
