package io.apiserverlb.state;

import static io.apiserverlb.state.Fixtures.CLOCK;
import static io.apiserverlb.state.Fixtures.addresses;
import static io.apiserverlb.state.Fixtures.memory;
import static io.apiserverlb.state.Fixtures.pool;
import static io.apiserverlb.state.Fixtures.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class StateFileTest {
    private static final StateFile.Pace QUICK =
            new StateFile.Pace(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofSeconds(5));
    private static final StateFile.Pace NO_RETRY =
            new StateFile.Pace(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(5));
    private static final String K3S = """
        {
          "ServerURL": "https://10.0.0.9:6443",
          "ServerAddresses": [
            "10.0.0.1:6443",
            "10.0.0.2:6443"
          ]
        }\
        """;

    @TempDir
    private Path folder;

    private final Events events = new Events(CLOCK);
    private Path path;
    private StateFile stateFile;

    @BeforeEach
    void makeStateFile() {
        path = folder.resolve("state.json");
        stateFile = at(path, QUICK);
    }

    @AfterEach
    void closeStateFile() {
        stateFile.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(5));
    }

    private StateFile at(Path where, StateFile.Pace pace) {
        return new StateFile(where, List.of(), CLOCK, events, pace);
    }

    private static ServerList listOf(String... managed) {
        return pool(memory(List.of(), addresses(managed))).list();
    }

    private List<String> messages() {
        return events.latest().stream().map(Event::message).toList();
    }

    private SavedState saved() throws Exception {
        return StateJson.read(Files.readAllBytes(path));
    }

    private void awaitWrites(long successes) {
        await().until(() -> stateFile.status().successes() == successes);
    }

    /** Of an attempt that the {@link StateFile#status} tells of already. */
    private void awaitMessages(int number) {
        await().untilAsserted(() -> assertThat(messages()).hasSize(number));
    }

    @Test
    void keepsListsSettingsAndVersionThroughARestart() {
        ServerPool before = pool(stateFile.restore(seeds("https://10.0.0.9"), true));
        before.subscribe(stateFile::accept);
        before.change(new ListChange.Replace(addresses("10.0.0.1:6443")), OptionalLong.empty(), "test");
        before.reconcile(addresses("10.0.0.2:6443", "10.0.0.3:6443"), "test");
        before.change(
                new ListChange.Patch(addresses("10.0.0.2:6443").get(0), AdminState.MAINT, 3),
                OptionalLong.empty(),
                "test");
        stateFile.close();

        StateFile next = at(path, QUICK);
        ServerPool after = pool(next.restore(seeds("https://10.0.0.9"), true));
        next.close();

        assertThat(after.list().membership()).isEqualTo(before.list().membership());
        assertThat(after.list().remembered()).isEqualTo(before.list().remembered());
        assertThat(after.list().version()).isEqualTo(before.list().version());
    }

    @Test
    void leavesTheFileToAnotherProcessOnceAllIsWritten() throws Exception {
        ServerPool pool = pool(stateFile.restore(List.of(), false));
        pool.subscribe(stateFile::accept);
        pool.change(new ListChange.Replace(addresses("10.0.0.1:6443")), OptionalLong.empty(), "test");

        String text = stateFile.leaveToOther(pool.list());
        String written = Files.readString(path);
        pool.change(new ListChange.Replace(addresses("10.0.0.2:6443")), OptionalLong.empty(), "test");
        stateFile.close();

        assertThat(text).isEqualTo(written).contains("10.0.0.1:6443");
        assertThat(path).hasContent(written);
    }

    @Test
    void stopsTryingToWriteWhatItLeaves() throws Exception {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        StateFile stuck = at(taken, QUICK);
        ServerList list = listOf("10.0.0.1:6443");
        stuck.accept(list);
        await().until(() -> stuck.status().failures() > 0);

        String text = stuck.leaveToOther(list);
        long failures = stuck.status().failures();
        Files.delete(taken);

        assertThat(text).contains("10.0.0.1:6443");
        await().during(Duration.ofMillis(100))
                .until(() -> stuck.status().failures() == failures && !Files.exists(taken));
        stuck.close();
    }

    @Test
    void takesTheFileBackAndWritesWhatIsChangedThen() throws Exception {
        ServerPool pool = pool(stateFile.restore(List.of(), false));
        pool.subscribe(stateFile::accept);
        pool.change(new ListChange.Replace(addresses("10.0.0.1:6443")), OptionalLong.empty(), "test");
        stateFile.leaveToOther(pool.list());
        Files.writeString(path, "another's");

        stateFile.takeBack(pool.list());

        await().during(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(path).hasContent("another's"));
        pool.change(new ListChange.Replace(addresses("10.0.0.2:6443")), OptionalLong.empty(), "test");
        await().untilAsserted(() -> assertThat(path).content().contains("10.0.0.2:6443"));
    }

    @Test
    void beginsWithWhatTheProcessBeforeHadAndWritesItWhenItMay() throws Exception {
        ServerPool before = pool(stateFile.restore(List.of(), false));
        before.change(new ListChange.Replace(addresses("10.0.0.1:6443")), OptionalLong.empty(), "test");
        String text = stateFile.leaveToOther(before.list());
        Path elsewhere = folder.resolve("elsewhere.json");
        StateFile next = at(elsewhere, QUICK);

        ServerPool after = pool(next.restore(text, List.of(), false));
        after.subscribe(next::accept);

        assertThat(after.list().membership()).isEqualTo(before.list().membership());
        await().during(Duration.ofMillis(50)).until(() -> !Files.exists(elsewhere));
        next.takeBack(after.list());
        await().untilAsserted(() -> assertThat(elsewhere).content().contains("10.0.0.1:6443"));
        next.close();
    }

    @Test
    void prefersTheFileOfALaterVersionToWhatTheProcessBeforeHad() throws Exception {
        ServerPool pool = pool(stateFile.restore(List.of(), false));
        pool.subscribe(stateFile::accept);
        pool.change(new ListChange.Replace(addresses("10.0.0.1:6443")), OptionalLong.empty(), "test");
        String old = stateFile.leaveToOther(pool.list());
        stateFile.takeBack(pool.list());
        pool.change(new ListChange.Replace(addresses("10.0.0.2:6443")), OptionalLong.empty(), "test");
        await().untilAsserted(() -> assertThat(path).content().contains("10.0.0.2:6443"));

        ServerPool next = pool(at(path, QUICK).restore(old, List.of(), false));

        assertThat(next.list().membership().managed()).isEqualTo(addresses("10.0.0.2:6443"));
    }

    @Test
    void readsTheFileIfWhatTheProcessBeforeHadIsNotUsable() throws Exception {
        Files.writeString(path, K3S);

        ServerPool pool = pool(stateFile.restore("[]", List.of(), false));

        assertThat(pool.list().membership().managed()).isEqualTo(addresses("10.0.0.1:6443", "10.0.0.2:6443"));
        assertThat(messages()).anyMatch(message -> message.startsWith("what the process before had is not usable"));
    }

    @Test
    void createsTheFileAtTheFirstListEvenIfThatIsEmpty() {
        ServerPool pool = pool(stateFile.restore(List.of(), false));

        pool.subscribe(stateFile::accept);

        await().untilAsserted(() -> assertThat(path).exists());
        assertThat(events.latest()).isEmpty();
    }

    @Test
    void addsItsOwnKeysToAFileOfK3s() throws Exception {
        Files.writeString(path, K3S);

        ServerPool pool = pool(stateFile.restore(seeds("https://10.0.0.9:6443/"), false));
        pool.subscribe(stateFile::accept);

        awaitWrites(1);
        assertThat(saved().serverUrl()).isEqualTo("https://10.0.0.9:6443/");
        assertThat(saved().managed()).containsExactly("10.0.0.1:6443", "10.0.0.2:6443");
        assertThat(events.latest()).isEmpty();
        assertThat(folder.resolve("state.json.bak")).doesNotExist();
    }

    @Test
    void doesNotWriteWhatTheFileHoldsAlready() {
        stateFile.accept(listOf("10.0.0.1:6443"));
        stateFile.close();
        StateFile next = at(path, QUICK);
        ServerPool pool = pool(next.restore(List.of(), false));

        pool.subscribe(next::accept);
        pool.resolved("elsewhere", List.of(addresses("10.0.0.7:1").get(0).ip().orElseThrow()));
        next.close();

        assertThat(next.status().successes()).isZero();
        assertThat(next.status().lastWritten()).isNull();
        assertThat(next.status().error()).isNull();
    }

    @Test
    void tellsWhenAndWhereItWrote() {
        stateFile.accept(listOf("10.0.0.1:6443"));

        awaitWrites(1);
        assertThat(stateFile.status().path()).isEqualTo(path.toString());
        assertThat(stateFile.status().lastWritten()).isEqualTo(CLOCK.instant());
        assertThat(stateFile.status().failures()).isZero();
    }

    @Test
    void writesTheLatestOfManyListsThatCameWhileItWasBusy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Files.createDirectory(path);
        StateFile once = at(path, NO_RETRY);
        // The thread reports that it cannot write, and does nothing else until it has done so.
        events.subscribe(event -> {
            busy.countDown();
            awaitQuietly(goOn);
        });
        once.accept(listOf("10.0.0.1:6443"));
        awaitQuietly(busy);
        Files.delete(path);

        IntStream.rangeClosed(2, 200).forEach(i -> once.accept(listOf("10.0.0." + i + ":6443")));
        goOn.countDown();
        once.close();

        assertThat(saved().managed()).containsExactly("10.0.0.200:6443");
        assertThat(once.status().successes()).isEqualTo(1);
        assertThat(once.status().failures()).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        await().until(() -> latch.getCount() == 0);
    }

    @Test
    void reportsOnceThatWritingFailsAndOnceThatItWorksAgain() throws Exception {
        Path blocked = Files.writeString(folder.resolve("blocked"), "");
        path = blocked.resolve("state.json");
        StateFile failing = at(path, QUICK);

        failing.accept(listOf("10.0.0.1:6443"));
        await().until(() -> failing.status().failures() >= 5);
        failing.accept(listOf("10.0.0.2:6443"));
        assertThat(failing.status().error()).contains("blocked");
        assertThat(failing.status().successes()).isZero();
        Files.delete(blocked);
        await().until(() -> failing.status().successes() == 1);
        failing.close();

        assertThat(failing.status().error()).isNull();
        assertThat(saved().managed()).containsExactly("10.0.0.2:6443");
        assertThat(events.latest()).hasSize(2);
        assertThat(events.latest())
                .extracting(Event::severity)
                .containsExactly(Event.Severity.WARN, Event.Severity.INFO);
        assertThat(events.latest()).allSatisfy(event -> assertThat(event.type()).isEqualTo(Event.Type.STATE_FILE));
        assertThat(messages().get(0)).contains("cannot be written");
        assertThat(messages().get(1)).contains("written again");
    }

    @Test
    void triesNewContentAtOnceWhileARetryWaits() throws Exception {
        Files.createDirectory(path);
        StateFile patient = at(path, NO_RETRY);
        patient.accept(listOf("10.0.0.1:6443"));
        await().until(() -> patient.status().failures() == 1);
        Files.delete(path);

        patient.accept(listOf("10.0.0.2:6443"));

        await().until(() -> patient.status().successes() == 1);
        assertThat(saved().managed()).containsExactly("10.0.0.2:6443");
        patient.close();
    }

    @Test
    void survivesAFullDisk() throws Exception {
        try (SmallDisk disk = SmallDisk.mountedAt(folder)) {
            String[] many = IntStream.range(0, 2_000)
                    .mapToObj(i -> "10.1." + i / 250 + "." + i % 250 + ":6443")
                    .toArray(String[]::new);
            stateFile.accept(listOf("10.0.0.1:6443"));
            awaitWrites(1);

            stateFile.accept(listOf(many));
            await().until(() -> stateFile.status().failures() >= 3);
            SavedState whileFull = saved();
            disk.remount("size=1m");
            awaitWrites(2);
            stateFile.close();

            assertThat(whileFull.managed()).containsExactly("10.0.0.1:6443");
            assertThat(saved().managed()).containsExactly(many);
            assertThat(messages()).hasSize(2);
            assertThat(messages().get(0)).contains("No space left on device");
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(path);
            }
        }
    }

    @Test
    void survivesADiskThatHasRoomButNoInodes() throws Exception {
        try (SmallDisk disk = SmallDisk.mountedAt(folder, "size=1m,nr_inodes=2")) {
            stateFile.accept(listOf("10.0.0.1:6443"));
            awaitWrites(1);

            stateFile.accept(listOf("10.0.0.2:6443"));
            await().until(() -> stateFile.status().failures() >= 3);
            SavedState whileFull = saved();
            disk.remount("nr_inodes=3");
            awaitWrites(2);

            assertThat(whileFull.managed()).containsExactly("10.0.0.1:6443");
            assertThat(saved().managed()).containsExactly("10.0.0.2:6443");
            awaitMessages(2);
            assertThat(messages().get(0)).contains("No space left on device");
        }
    }

    @Test
    void makesTheFolderAgainThatWasRemoved() throws Exception {
        path = folder.resolve("a/b/state.json");
        StateFile deep = at(path, QUICK);
        deep.accept(listOf("10.0.0.1:6443"));
        await().until(() -> deep.status().successes() == 1);
        Files.delete(path);
        Files.delete(path.resolveSibling(""));
        Files.delete(folder.resolve("a"));

        deep.accept(listOf("10.0.0.2:6443"));
        await().until(() -> deep.status().successes() == 2);
        deep.close();

        assertThat(saved().managed()).containsExactly("10.0.0.2:6443");
        assertThat(messages()).isEmpty();
    }

    @Test
    void neverReplacesAFolderThatHasTakenTheFilesPlaceAndGoesOnOnceItIsGone() throws Exception {
        stateFile.accept(listOf("10.0.0.1:6443"));
        awaitWrites(1);
        Files.delete(path);
        Path inside = Files.writeString(Files.createDirectory(path).resolve("theirs"), "theirs");

        stateFile.accept(listOf("10.0.0.2:6443"));
        await().until(() -> stateFile.status().failures() >= 3);
        assertThat(inside).hasContent("theirs");
        Files.delete(inside);
        Files.delete(path);
        awaitWrites(2);

        assertThat(saved().managed()).containsExactly("10.0.0.2:6443");
        awaitMessages(2);
    }

    @Test
    void followsALinkThatLeadsElsewhereByNow() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        path = Files.createSymbolicLink(folder.resolve("current"), first).resolve("state.json");
        StateFile linked = at(path, QUICK);
        linked.accept(listOf("10.0.0.1:6443"));
        await().until(() -> linked.status().successes() == 1);

        Files.delete(folder.resolve("current"));
        Files.createSymbolicLink(folder.resolve("current"), second);
        linked.accept(listOf("10.0.0.2:6443"));
        await().until(() -> linked.status().successes() == 2);
        linked.close();

        assertThat(first.resolve("state.json")).content().contains("10.0.0.1");
        assertThat(second.resolve("state.json")).content().contains("10.0.0.2");
    }

    @Test
    void survivesAReadOnlyDisk() throws Exception {
        try (SmallDisk disk = SmallDisk.mountedAt(folder)) {
            disk.remount("ro");

            stateFile.accept(listOf("10.0.0.1:6443"));
            await().until(() -> stateFile.status().failures() >= 3);
            disk.remount("rw");
            awaitWrites(1);
            stateFile.close();

            assertThat(messages()).hasSize(2);
            assertThat(messages().get(0)).contains("Read-only file system");
        }
    }

    @Test
    void movesACorruptFileAwayAndGoesOn() throws Exception {
        Files.writeString(path, "{\"ServerURL\": \"https://10.0");

        ServerPool pool = pool(stateFile.restore(seeds("https://10.0.0.9"), false));
        pool.subscribe(stateFile::accept);
        awaitWrites(1);

        assertThat(folder.resolve("state.json.corrupt-20261123T040000000Z"))
                .hasContent("{\"ServerURL\": \"https://10.0");
        assertThat(saved().serverUrl()).isEqualTo("https://10.0.0.9");
        assertThat(events.latest()).singleElement().satisfies(event -> {
            assertThat(event.severity()).isEqualTo(Event.Severity.WARN);
            assertThat(event.message()).contains("not JSON", "state.json.corrupt-20261123T040000000Z");
        });
    }

    @Test
    void movesAwayWhatIsTooLarge() throws Exception {
        Files.write(path, new byte[StateJson.MAX_BYTES + 1]);

        stateFile.restore(List.of(), false);

        assertThat(path).doesNotExist();
        assertThat(messages())
                .singleElement()
                .satisfies(message -> assertThat(message).contains("larger than"));
    }

    @Test
    void neverTouchesAFileThatCannotBeReadAndKeepsItOnceItCan() throws Exception {
        Path bad = Files.createDirectory(folder.resolve("bad"));
        Path inTheWay = Files.createDirectory(bad.resolve("state.json"));
        Path good = Files.createDirectory(folder.resolve("good"));
        Files.writeString(good.resolve("state.json"), "what was there");
        Path current = Files.createSymbolicLink(folder.resolve("current"), bad);
        StateFile linked = at(current.resolve("state.json"), QUICK);

        ServerPool pool = pool(linked.restore(List.of(), false));
        pool.subscribe(linked::accept);
        await().until(() -> linked.status().failures() >= 3);
        assertThat(inTheWay).isDirectory();
        // At one blow: the next attempt may come at any time, and must not find that there is no file.
        Files.move(Files.createSymbolicLink(folder.resolve("next"), good), current, StandardCopyOption.ATOMIC_MOVE);
        await().until(() -> linked.status().successes() == 1);
        linked.close();

        assertThat(good.resolve("state.json.bak")).hasContent("what was there");
        assertThat(messages()).hasSize(3);
        assertThat(messages().get(0)).contains("cannot be read");
    }

    @Test
    void goesOnWhereReadingFailsHalfway() throws Exception {
        Files.createSymbolicLink(path, Path.of("/proc/self/mem"));

        ServerPool.Memory memory = stateFile.restore(seeds("https://10.0.0.9"), false);
        Files.delete(path);

        assertThat(memory.membership().seeds()).isEqualTo(seeds("https://10.0.0.9"));
        assertThat(messages())
                .singleElement()
                .satisfies(message -> assertThat(message).contains("cannot be read"));
    }

    @Test
    void keepsTheFileOfAnotherClusterAsBak() throws Exception {
        Files.writeString(path, K3S);

        ServerPool pool = pool(stateFile.restore(seeds("https://new.example"), false));
        pool.subscribe(stateFile::accept);
        awaitWrites(1);

        assertThat(folder.resolve("state.json.bak")).hasContent(K3S);
        assertThat(saved().serverAddresses()).isEmpty();
        assertThat(saved().serverUrl()).isEqualTo("https://new.example");
    }

    @Test
    void doesNotReplaceTheFileOfAnotherClusterBeforeItIsKept() throws Exception {
        Files.writeString(path, K3S);
        Path inTheWay = Files.createDirectory(folder.resolve("state.json.bak"));

        ServerPool pool = pool(stateFile.restore(seeds("https://new.example"), false));
        pool.subscribe(stateFile::accept);
        await().until(() -> stateFile.status().failures() >= 2);
        assertThat(path).hasContent(K3S);
        Files.delete(inTheWay);
        awaitWrites(1);

        assertThat(folder.resolve("state.json.bak")).hasContent(K3S);
        assertThat(saved().serverUrl()).isEqualTo("https://new.example");
    }

    @Test
    void deletesLeftoversAtStart() throws Exception {
        Path leftover = Files.writeString(folder.resolve(".state.json.4711.tmp"), "{\"Serv");

        stateFile.restore(List.of(), false);

        assertThat(leftover).doesNotExist();
    }

    @Test
    void makesALastAttemptWhenItIsClosed() throws Exception {
        Files.createDirectory(path);
        StateFile patient = at(path, NO_RETRY);
        patient.accept(listOf("10.0.0.1:6443"));
        await().until(() -> patient.status().failures() == 1);
        Files.delete(path);

        patient.close();

        assertThat(saved().managed()).containsExactly("10.0.0.1:6443");
    }

    @Test
    void closesInTimeWhateverItsThreadHangsOn() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Files.createDirectory(path);
        StateFile hanging =
                at(path, new StateFile.Pace(Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(50)));
        AtomicReference<Thread> writer = new AtomicReference<>();
        events.subscribe(event -> {
            writer.set(Thread.currentThread());
            awaitUninterruptibly(never);
        });
        hanging.accept(listOf("10.0.0.1:6443"));
        await().until(() -> writer.get() != null); // the attempt has failed by then

        long start = System.nanoTime();
        hanging.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        never.countDown();
        Objects.requireNonNull(writer.get()).join(); // it may write once more, into a folder that is to be deleted
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void takesNoNoticeOfListsAfterItsEnd() throws Exception {
        stateFile.accept(listOf("10.0.0.1:6443"));
        stateFile.close();

        stateFile.accept(listOf("10.0.0.2:6443"));
        stateFile.close();

        assertThat(saved().managed()).containsExactly("10.0.0.1:6443");
    }
}
