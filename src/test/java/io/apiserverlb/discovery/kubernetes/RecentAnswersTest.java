package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {
    private static final int CAPACITY = 10;

    private final ManualClock clock = new ManualClock();
    private final List<String> asked = new ArrayList<>();

    private RecentAnswers<String, Integer> answers(Executor executor, Duration patience) {
        return new RecentAnswers<>(Duration.ofSeconds(10), CAPACITY, String::length, executor, patience, clock::nanos);
    }

    private int ask(RecentAnswers<String, Integer> answers, String key) throws NotReviewedException {
        return answers.get(key, () -> {
            asked.add(key);
            return key.length();
        });
    }

    private int askedFor(List<String> keys) throws NotReviewedException {
        RecentAnswers<String, Integer> answers = answers(Runnable::run, Duration.ofSeconds(5));
        asked.clear();
        for (int round = 0; round < 2; round++) {
            for (String key : keys) {
                assertThat(ask(answers, key)).isEqualTo(key.length());
            }
        }
        return asked.size();
    }

    @Test
    void keepsAsManyAsThereIsRoomFor() throws Exception {
        assertThat(askedFor(List.of("a", "b", "c", "dd"))).isEqualTo(4);

        List<String> many = "abcdefghijklmnopqrstuvwxyz"
                .chars()
                .mapToObj(Character::toString)
                .toList();
        assertThat(askedFor(many)).isGreaterThanOrEqualTo(2 * many.size() - CAPACITY);
        assertThat(askedFor(List.of("aaaaaaa", "bbbbbbb"))).as("large ones").isGreaterThan(2);
    }

    @Test
    void asksNoQuestionWhoseAnswerNobodyWaitsForAnyMore() throws Exception {
        Deque<Runnable> queue = new ArrayDeque<>();
        RecentAnswers<String, Integer> answers = answers(queue::add, Duration.ofMillis(50));
        assertThatThrownBy(() -> ask(answers, "late"))
                .isInstanceOf(NotReviewedException.class)
                .hasMessage("the cluster gave no answer in time");

        clock.advance(Duration.ofMillis(51));
        queue.remove().run();

        assertThat(asked).isEmpty();
        assertThatThrownBy(() -> ask(answers, "late")).isInstanceOf(NotReviewedException.class);
        queue.remove().run();
        assertThat(asked).as("the next one is a new question").containsExactly("late");
        assertThat(ask(answers, "late")).isEqualTo(4);
        assertThat(asked).hasSize(1);
    }
}
