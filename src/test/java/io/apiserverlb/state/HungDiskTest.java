package io.apiserverlb.state;

import static io.apiserverlb.state.Fixtures.CLOCK;
import static io.apiserverlb.state.Fixtures.addresses;
import static io.apiserverlb.state.Fixtures.memory;
import static io.apiserverlb.state.Fixtures.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not answer: strace(1) holds up the one thread that writes, in its fsync, for a minute or until it lets go. */
@Timeout(60)
class HungDiskTest {
    private static final String HOLD_UP = "inject=fsync:delay_enter=60s";

    @TempDir
    private Path folder;

    private final Events events = new Events(CLOCK);
    private Path path;
    private StateFile file;
    private Process strace;

    @BeforeEach
    void hang() throws Exception {
        TracedWriter.requireStrace();
        path = folder.resolve("disk/state.json");
        file = new StateFile(
                path,
                List.of(),
                CLOCK,
                events,
                new StateFile.Pace(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(300)));
        file.accept(listOf("10.0.0.1:6443"));
        await().until(() -> file.status().successes() == 1);
        strace = TracedWriter.attach(threadId(), folder.resolve("strace.txt"), HOLD_UP, "futex");
        file.accept(listOf("10.0.0.2:6443"));
        // It is in the middle of it.
        await().until(() -> leftovers() == 1);
    }

    @AfterEach
    void letGo() {
        if (strace != null) {
            strace.destroy();
            strace.onExit().join();
        }
        if (file != null) {
            file.close();
        }
    }

    private static ServerList listOf(String address) {
        return pool(memory(List.of(), addresses(address))).list();
    }

    private static String threadId() throws Exception {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return TracedWriter.threadIn(tasks, "lb-state");
        }
    }

    private long leftovers() throws Exception {
        try (Stream<Path> files = Files.list(path.resolveSibling(""))) {
            return files.filter(found -> !found.equals(path)).count();
        }
    }

    private List<String> messages() {
        return events.latest().stream().map(Event::message).toList();
    }

    @Test
    void isToldOnceAndWhatCameMeanwhileIsWrittenWhenItAnswers() throws Exception {
        file.watch();
        assertThat(file.status().error()).as("it may just have begun").isNull();
        file.watch();
        file.watch();

        assertThat(file.status().error()).isEqualTo("the disk does not answer");
        assertThat(messages()).containsExactly("the state file " + path + " is not written: the disk does not answer");
        file.accept(listOf("10.0.0.3:6443"));
        assertThat(path).content().contains("10.0.0.1");
        letGoOfTheThread();
        await().until(() -> file.status().successes() == 3);

        assertThat(file.status().error()).isNull();
        assertThat(messages()).hasSize(2).last().isEqualTo("the state file " + path + " is written again");
        assertThat(path).content().contains("10.0.0.3");
    }

    @Test
    void keepsNobodyFromEnding() {
        long start = System.nanoTime();
        file.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(path).content().contains("10.0.0.1");
    }

    private void letGoOfTheThread() {
        strace.destroy();
        strace.onExit().join();
    }
}
