package io.apiserverlb.state;

import static io.apiserverlb.state.Fixtures.addresses;
import static io.apiserverlb.state.Fixtures.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Remembered;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.Setting;
import io.apiserverlb.state.SavedState.SavedSetting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestorationTest {
    private static final boolean DISCOVERY = true;
    private static final boolean NO_DISCOVERY = false;
    private static final List<SeedUrl> SEED = seeds("https://10.0.0.9:6443");

    private static SavedState k3s(String url, String... addresses) {
        return new SavedState(
                url, List.of(addresses), false, List.of(), List.of(), List.of(), Map.of(), 0, Unknown.NOTHING);
    }

    /** A file of our own at version 5, whose lists are comma-separated. */
    private static SavedState own(String addresses, String managed, String configured, String discovered) {
        return new SavedState(
                "https://10.0.0.9:6443",
                split(addresses),
                true,
                split(managed),
                split(configured),
                split(discovered),
                Map.of("a:1", new SavedSetting("drain", 7, null)),
                5,
                Unknown.NOTHING);
    }

    private static List<String> split(String texts) {
        return Stream.of(texts.split(" ")).filter(text -> !text.isEmpty()).toList();
    }

    private static List<ServerAddress> list(String texts) {
        return addresses(split(texts).toArray(String[]::new));
    }

    private static Restoration restore(
            SavedState file, List<SeedUrl> seeds, List<ServerAddress> configured, boolean discovery) {
        return Restoration.of(Optional.of(file), seeds, configured, discovery);
    }

    @Test
    void beginsVersionsAnewBehindTheLastOne() {
        SavedState file = new SavedState(
                "",
                List.of("a:1"),
                true,
                List.of("a:1"),
                List.of(),
                List.of(),
                Map.of(),
                ServerList.LAST_VERSION,
                Unknown.NOTHING);

        assertThat(restore(file, List.of(), List.of(), NO_DISCOVERY).memory().version())
                .isEqualTo(ServerList.LAST_VERSION);
        assertThat(restore(file, List.of(), list("b:1"), NO_DISCOVERY).memory().version())
                .isOne();
    }

    @Test
    void beginsWithTheConfigurationWhereThereIsNoFile() {
        Restoration restoration = Restoration.of(Optional.empty(), SEED, list("a:1 b:1"), NO_DISCOVERY);

        assertThat(restoration.memory().membership().seeds()).isEqualTo(SEED);
        assertThat(restoration.memory().membership().managed()).isEqualTo(list("a:1 b:1"));
        assertThat(restoration.memory().membership().discovered()).isEmpty();
        assertThat(restoration.notes()).isEmpty();
        assertThat(restoration.keepOld()).isFalse();
    }

    @Test
    void beginsWithNothingWhereThereIsNeitherFileNorConfiguration() {
        Restoration restoration = Restoration.of(Optional.empty(), List.of(), List.of(), NO_DISCOVERY);

        assertThat(restoration.memory().version()).isZero();
        assertThat(restoration.memory().membership().effective()).isEmpty();
        assertThat(restoration.memory().membership().seeds()).isEmpty();
        assertThat(restoration.notes()).isEmpty();
    }

    @Test
    void managesWhatK3sWroteWhereNothingIsDiscovered() {
        Restoration restoration = restore(k3s("https://10.0.0.9:6443", "a:1", "b:1"), SEED, List.of(), NO_DISCOVERY);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list("a:1 b:1"));
        assertThat(restoration.memory().membership().discovered()).isEmpty();
        assertThat(restoration.notes()).isEmpty();
        assertThat(restoration.keepOld()).isFalse();
    }

    @Test
    void takesWhatK3sWroteForDiscoveredWhereTheClusterIsAsked() {
        Restoration restoration = restore(k3s("https://10.0.0.9:6443", "a:1", "b:1"), SEED, list("c:1"), DISCOVERY);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list("c:1"));
        assertThat(restoration.memory().membership().discovered()).isEqualTo(list("a:1 b:1"));
        assertThat(restoration.notes()).isEmpty();
    }

    @Test
    void givesAnAddressWithoutPortTheApiServersPort() {
        Restoration restoration = restore(k3s("", "10.0.0.1"), List.of(), List.of(), NO_DISCOVERY);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list("10.0.0.1:6443"));
    }

    /** The rules for whose addresses are whose, with the configured list of the file and of now. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // what                   | addr    | managed | conf. | disc.| now configured | discovery | managed |
                // discovered
                "unchanged                | a:1 b:1 | a:1     | a:1   | b:1  | a:1     | true  | a:1     | b:1      | 5",
                "in both lists            | a:1 b:1 | a:1     | ''    | b:1 a:1 | ''   | true  | a:1     | b:1 a:1  | 5",
                "configuration added      | a:1     | a:1     | ''    | ''   | c:1     | true  | c:1     | ''       | 6",
                "configuration changed    | a:1 b:1 | a:1     | a:1   | b:1  | c:1 d:1 | true  | c:1 d:1 | b:1      | 6",
                "configuration emptied    | a:1 b:1 | a:1     | a:1   | b:1  | ''      | true  | ''      | b:1      | 6",
                "configuration reordered  | b:1 a:1 | b:1 a:1 | a:1 b:1 | '' | b:1 a:1 | true  | b:1 a:1 | ''       | 5",
                "operator's list stays    | a:1 x:1 | a:1 x:1 | a:1   | ''   | a:1     | false | a:1 x:1 | ''       | 5",
                "operator emptied it      | ''      | ''      | a:1   | ''   | a:1     | false | ''      | ''       | 5",
                "discovery switched off   | a:1 b:1 | a:1     | a:1   | b:1  | a:1     | false | a:1 b:1 | ''       | 6",
                "off, and configured      | a:1 b:1 | a:1     | a:1   | b:1  | c:1     | false | c:1     | ''       | 6",
                "someone added            | a:1 c:1 | a:1     | a:1   | ''   | a:1     | false | a:1 c:1 | ''       | 6",
                "someone added, asked     | a:1 b:1 c:1 | a:1 | a:1   | b:1  | a:1     | true  | a:1     | b:1 c:1  | 6",
                "someone removed          | b:1     | a:1     | a:1   | b:1  | a:1     | true  | ''      | b:1      | 6",
                "someone emptied          | ''      | a:1     | ''    | b:1  | ''      | true  | ''      | ''       | 6",
                "someone reordered        | b:1 a:1 | a:1     | a:1   | b:1  | a:1     | true  | a:1     | b:1      | 5",
            })
    void restoresTheLists(
            String what,
            String addresses,
            String managed,
            String configured,
            String discovered,
            String configuredNow,
            boolean discovery,
            String expectedManaged,
            String expectedDiscovered,
            long expectedVersion) {
        SavedState file = own(addresses, managed, configured, discovered);

        Restoration restoration = restore(file, SEED, list(configuredNow), discovery);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list(expectedManaged));
        assertThat(restoration.memory().membership().discovered()).isEqualTo(list(expectedDiscovered));
        assertThat(restoration.memory().version()).isEqualTo(expectedVersion);
        assertThat(restoration.memory().remembered())
                .containsExactly(Map.entry(list("a:1").get(0), new Remembered(new Setting(AdminState.DRAIN, 7), null)));
        assertThat(restoration.keepOld()).isFalse();
    }

    @Test
    void reportsThatTheConfigurationReplacesTheManagedList() {
        Restoration restoration = restore(own("a:1 x:1", "a:1 x:1", "a:1", ""), SEED, list("c:1"), NO_DISCOVERY);

        assertThat(restoration.notes())
                .containsExactly(new Note(
                        Event.Type.LIST,
                        Event.Severity.INFO,
                        "configuration",
                        "lb.server-addresses has changed and replaces the managed list",
                        "a:1, x:1",
                        "c:1"));
    }

    @Test
    void reportsThatSomeoneElseChangedTheAddresses() {
        Restoration restoration = restore(own("a:1 c:1", "a:1", "", ""), SEED, List.of(), NO_DISCOVERY);

        assertThat(restoration.notes()).singleElement().satisfies(note -> {
            assertThat(note.severity()).isEqualTo(Event.Severity.WARN);
            assertThat(note.message()).contains("changed by another program or by hand", "2 addresses");
        });
    }

    @Test
    void reportsThatDiscoveredAddressesAreManagedOnceDiscoveryIsOff() {
        Restoration restoration = restore(own("a:1 b:1", "a:1", "", "b:1"), SEED, List.of(), NO_DISCOVERY);

        assertThat(restoration.notes())
                .singleElement()
                .satisfies(note -> assertThat(note.message()).contains("discovery is off"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.example",
                "https://API.Example:443/",
                "https://api.example./some/path?x#y",
                "HTTPS://api.example:443",
                "api.example",
                "https://10.0.0.8:6443",
                // No host, so no other cluster: what k3s writes where it registers with itself, and we without a seed.
                "https://",
                "https://:443",
                "https:///path",
                ""
            })
    void keepsTheAddressesOfAFileThatDoesNotNameAnotherServer(String url) {
        List<SeedUrl> seeds = seeds("https://10.0.0.8:6443", "https://api.example");

        Restoration restoration = restore(k3s(url, "a:1"), seeds, List.of(), NO_DISCOVERY);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list("a:1"));
        assertThat(restoration.memory().membership().seeds()).isEqualTo(seeds);
        assertThat(restoration.keepOld()).isFalse();
        assertThat(restoration.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://api.example:6443", "https://other.example", "http://api.example", "ftp://api.example"})
    void dropsTheAddressesOfAFileThatNamesAnotherServer(String url) {
        Restoration restoration =
                restore(k3s(url, "a:1", "b:1"), seeds("https://api.example"), list("c:1"), NO_DISCOVERY);

        assertThat(restoration.memory().membership().effective()).isEqualTo(list("c:1"));
        assertThat(restoration.memory().membership().seeds()).isEqualTo(seeds("https://api.example"));
        assertThat(restoration.keepOld()).isTrue();
        assertThat(restoration.notes())
                .anySatisfy(note -> assertThat(note.message()).contains("2 addresses are dropped", ".bak"));
    }

    @Test
    void dropsOwnListsWithTheAddressesButKeepsTheSettings() {
        SavedState file = own("a:1 b:1", "a:1", "a:1", "b:1");

        Restoration restoration = restore(file, seeds("https://new.example"), list("a:1"), DISCOVERY);

        assertThat(restoration.memory().membership().managed()).isEqualTo(list("a:1"));
        assertThat(restoration.memory().membership().discovered()).isEmpty();
        assertThat(restoration.memory().remembered()).containsOnlyKeys(list("a:1"));
        assertThat(restoration.memory().version()).isEqualTo(6);
        assertThat(restoration.notes()).hasSize(1);
    }

    @Test
    void takesTheFilesUrlForTheSeedWhereNoneIsConfigured() {
        Restoration restoration = restore(k3s("https://10.0.0.9:6443/path", "a:1"), List.of(), List.of(), DISCOVERY);

        assertThat(restoration.memory().membership().seeds()).isEqualTo(seeds("https://10.0.0.9:6443/path"));
        assertThat(restoration.keepOld()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://", "https://:443", ""})
    void hasNoSeedWhereNeitherFileNorConfigurationNamesAHost(String url) {
        Restoration restoration = restore(k3s(url, "a:1"), List.of(), List.of(), DISCOVERY);

        assertThat(restoration.memory().membership().seeds()).isEmpty();
        assertThat(restoration.memory().membership().discovered()).isEqualTo(list("a:1"));
        assertThat(restoration.notes()).isEmpty();
    }

    @Test
    void leavesOutAUrlThatIsNoneAndNeverShowsAPassword() {
        Restoration restoration = restore(k3s("https://me:secret@host", "a:1"), List.of(), List.of(), DISCOVERY);

        assertThat(restoration.memory().membership().seeds()).isEmpty();
        assertThat(restoration.memory().membership().discovered()).isEqualTo(list("a:1"));
        assertThat(restoration.notes()).singleElement().satisfies(note -> {
            assertThat(note.severity()).isEqualTo(Event.Severity.WARN);
            assertThat(note.message()).contains("ServerURL").doesNotContain("secret");
        });
    }

    @Test
    void leavesOutAndReportsEachAddressThatIsNone() {
        SavedState file = own("a:1 [fe80::1%eth0]:1 b:99999", "a:1 b:99999", "", "[fe80::1%eth0]:1");

        Restoration restoration = restore(file, SEED, List.of(), DISCOVERY);

        assertThat(restoration.memory().membership().effective()).isEqualTo(list("a:1"));
        assertThat(restoration.notes())
                .hasSize(2)
                .allSatisfy(note -> assertThat(note.severity()).isEqualTo(Event.Severity.WARN))
                .anySatisfy(note -> assertThat(note.message()).contains("99999"))
                .anySatisfy(note -> assertThat(note.message()).contains("fe80::1%eth0"));
    }

    @Test
    void reportsALongTextThatIsNoAddressInShort() {
        Restoration restoration = restore(k3s("", "x".repeat(100_000)), List.of(), List.of(), DISCOVERY);

        assertThat(restoration.notes())
                .singleElement()
                .satisfies(note -> assertThat(note.message()).hasSizeLessThan(500));
    }

    @Test
    void restoresSettingsWithTheTimeSinceWhenTheServerIsAbsent() {
        Map<String, SavedSetting> settings = Map.of(
                "gone:1",
                new SavedSetting("maint", 0, "2026-11-20T00:00:00Z"),
                "a:1",
                new SavedSetting("ready", 256, null));

        Restoration restoration = restore(withSettings(settings), SEED, List.of(), DISCOVERY);

        assertThat(restoration.memory().remembered())
                .containsOnly(
                        Map.entry(
                                list("gone:1").get(0),
                                new Remembered(
                                        new Setting(AdminState.MAINT, 0), Instant.parse("2026-11-20T00:00:00Z"))),
                        Map.entry(list("a:1").get(0), new Remembered(new Setting(AdminState.READY, 256), null)));
    }

    @ParameterizedTest
    @CsvSource({"drian, 100,", "ready, 257,", "ready, 100, yesterday"})
    void leavesOutASettingThatIsNone(String admin, int weight, String absentSince) {
        Map<String, SavedSetting> settings =
                Map.of("a:1", new SavedSetting(admin, weight, absentSince), "b:1", new SavedSetting("drain", 1, null));

        Restoration restoration = restore(withSettings(settings), SEED, List.of(), DISCOVERY);

        assertThat(restoration.memory().remembered()).containsOnlyKeys(list("b:1"));
        assertThat(restoration.notes())
                .singleElement()
                .satisfies(note -> assertThat(note.message()).contains("setting of a:1"));
    }

    private static SavedState withSettings(Map<String, SavedSetting> settings) {
        return new SavedState(
                "", List.of("a:1"), true, List.of("a:1"), List.of(), List.of(), settings, 1, Unknown.NOTHING);
    }

    @Test
    void takesTheFirstThousandAddressesAndKeepsTheOldFile() {
        String[] texts = IntStream.range(0, 1_001).mapToObj(i -> "a" + i + ":1").toArray(String[]::new);

        Restoration restoration = restore(k3s("https://10.0.0.9:6443", texts), SEED, List.of(), NO_DISCOVERY);

        assertThat(restoration.memory().membership().managed())
                .isEqualTo(addresses(texts).subList(0, 1_000));
        assertThat(restoration.notes().stream().map(Note::message))
                .containsExactly(
                        "of the 1001 managed addresses in the state file only the first 1000 are taken, as a list"
                                + " cannot have more; the old file is kept as .bak");
        assertThat(restoration.keepOld()).isTrue();
    }
}
