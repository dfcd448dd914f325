package io.apiserverlb.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.chaos.Action.Kind;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StoryTest {
    private static final Duration LONG = Duration.ofMinutes(15);

    @Test
    void theSameSeedTellsTheSameStory() {
        assertThat(Story.of(7, LONG)).isEqualTo(Story.of(7, LONG));
    }

    @Test
    void anotherSeedTellsAnotherOne() {
        assertThat(Story.of(7, LONG).actions()).isNotEqualTo(Story.of(8, LONG).actions());
    }

    @Test
    void aStoryIsToldInTheOrderOfTime() {
        assertThat(Story.of(3, LONG).actions()).isSortedAccordingTo(Comparator.comparing(Action::at));
    }

    @Test
    void everythingHappensInALongStory() {
        Set<Kind> happened =
                Story.of(1, LONG).actions().stream().map(Action::kind).collect(Collectors.toSet());

        assertThat(happened).isEqualTo(EnumSet.allOf(Kind.class));
    }

    @Test
    void allIsMendedWhenItIsQuietAndInTheEnd() {
        Set<Integer> broken = new HashSet<>();
        for (Action action : Story.of(5, LONG).actions()) {
            if (action.kind().isFault()) {
                assertThat(broken.add(action.server()))
                        .as("%s while it is broken", action)
                        .isTrue();
            } else if (action.kind() == Kind.MEND) {
                broken.remove(action.server());
            } else if (action.kind() == Kind.QUIET) {
                assertThat(broken).as("broken at %s", action).isEmpty();
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void oneServerIsWellAtAnyTime() {
        boolean[] broken = new boolean[Story.SERVERS];
        boolean[] absent = new boolean[Story.SERVERS];
        for (int i = Story.LISTED; i < Story.SERVERS; i++) {
            absent[i] = true;
        }
        boolean[] unready = new boolean[Story.SERVERS];
        boolean[] weightless = new boolean[Story.SERVERS];
        for (Action action : Story.of(2, LONG).actions()) {
            int server = action.server();
            switch (action.kind()) {
                case REMOVE -> absent[server] = true;
                case ADD -> absent[server] = false;
                case REPLACE -> {
                    absent[server] = true;
                    absent[action.other()] = false;
                }
                case DRAIN, MAINT -> unready[server] = true;
                case READY -> unready[server] = false;
                case WEIGHT -> weightless[server] = action.other() == 0;
                case MEND -> broken[server] = false;
                default -> {
                    if (action.kind().isFault()) {
                        broken[server] = true;
                    }
                }
            }
            assertThat(wellOnes(List.of(broken, absent, unready, weightless)))
                    .as("well after %s", action)
                    .isPositive();
        }
    }

    private static int wellOnes(List<boolean[]> wrongs) {
        int well = 0;
        for (int i = 0; i < Story.SERVERS; i++) {
            int server = i;
            if (wrongs.stream().noneMatch(wrong -> wrong[server])) {
                well++;
            }
        }
        return well;
    }
}
