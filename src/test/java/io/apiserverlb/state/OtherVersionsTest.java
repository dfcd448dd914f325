package io.apiserverlb.state;

import static io.apiserverlb.state.Fixtures.CLOCK;
import static io.apiserverlb.state.Fixtures.addresses;
import static io.apiserverlb.state.Fixtures.pool;
import static io.apiserverlb.state.Fixtures.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerPool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade, a roll-back and an upgrade again: each version reads what another one wrote, and none loses what is another one's. */
@Timeout(20)
class OtherVersionsTest {
    /** As a version to come may write it: with keys and values that are not known yet, and another format if it likes. */
    private static final String NEWER = """
            {
              "ServerURL": "https://10.0.0.9:6443",
              "ServerAddresses": [
                "10.0.0.1:6443"
              ],
              "Listener": null,
              "Managed": [
                "10.0.0.1:6443"
              ],
              "Configured": [],
              "Discovered": [],
              "Settings": {
                "10.0.0.1:6443": {
                  "Admin": "drain",
                  "Weight": 50,
                  "Zone": "north"
                },
                "10.0.0.2:6443": {
                  "Admin": "quarantine",
                  "Weight": 100,
                  "Until": "2027-01-01T00:00:00Z"
                },
                "10.0.0.3:6443": {
                  "Admin": "ready",
                  "Weight": 1000
                }
              },
              "Version": 7,
              "Format": 9,
              "Groups": {
                "a": [
                  1,
                  2.5,
                  null
                ]
              }
            }""";

    @TempDir
    private Path folder;

    private final Events events = new Events(CLOCK);

    private Path file() {
        return folder.resolve("state.json");
    }

    /** One life of this version, in which the operator makes these changes. */
    private ServerPool live(String url, ListChange... changes) {
        StateFile state = new StateFile(file(), List.of(), CLOCK, events);
        ServerPool pool = pool(state.restore(seeds(url), false));
        pool.subscribe(state::accept);
        for (ListChange change : changes) {
            pool.change(change, OptionalLong.empty(), "test");
        }
        state.close();
        return pool;
    }

    private String text() throws Exception {
        return Files.readString(file());
    }

    private List<String> warnings() {
        return events.latest().stream()
                .filter(event -> event.severity() == Event.Severity.WARN)
                .map(Event::message)
                .toList();
    }

    private static ListChange.Patch patch(String address, AdminState admin, int weight) {
        return new ListChange.Patch(addresses(address).get(0), admin, weight);
    }

    @Test
    void aNewerFileStaysAsItIsWhileNothingChanges() throws Exception {
        Files.writeString(file(), NEWER);

        ServerPool pool = live("https://10.0.0.9:6443");

        assertThat(pool.list().membership().managed()).isEqualTo(addresses("10.0.0.1:6443"));
        assertThat(pool.list().version()).isEqualTo(7);
        assertThat(text()).isEqualTo(NEWER);
    }

    @Test
    void whatIsNotKnownStaysWhenTheFileIsWritten() throws Exception {
        Files.writeString(file(), NEWER);

        live("https://10.0.0.9:6443", new ListChange.Replace(addresses("10.0.0.1:6443", "10.0.0.4:6443")));

        assertThat(text())
                .isEqualTo(NEWER.replace("\"10.0.0.1:6443\"\n", "\"10.0.0.1:6443\",\n    \"10.0.0.4:6443\"\n")
                        .replace("\"Version\": 7", "\"Version\": 8"));
    }

    @Test
    void settingsThatAreNotKnownHaveNoEffectAndAreReported() throws Exception {
        Files.writeString(file(), NEWER);

        ServerPool pool = live("https://10.0.0.9:6443");

        assertThat(pool.list().remembered())
                .containsOnlyKeys(addresses("10.0.0.1:6443").get(0));
        assertThat(warnings())
                .containsExactlyInAnyOrder(
                        "of the state file, the setting of 10.0.0.2:6443 is left out: there is no admin state 'quarantine'",
                        "of the state file, the setting of 10.0.0.3:6443 is left out: the weight must be between 0 and 256, not 1000");
    }

    @Test
    void anOperatorsWordReplacesASettingThatIsNotKnown() throws Exception {
        Files.writeString(file(), NEWER);

        live(
                "https://10.0.0.9:6443",
                new ListChange.Replace(addresses("10.0.0.2:6443")),
                patch("10.0.0.2:6443", AdminState.MAINT, 3));

        assertThat(text()).contains("""
                    "10.0.0.2:6443": {
                      "Admin": "maint",
                      "Weight": 3,
                      "Until": "2027-01-01T00:00:00Z"
                    }""".indent(4).strip()).doesNotContain("quarantine");
    }

    @Test
    void anAddressIsTheSameHoweverItIsSpelled() throws Exception {
        Files.writeString(file(), NEWER.replace("10.0.0.1:6443\": {", "010.LOCAL\": {"));

        live("https://10.0.0.9:6443", new ListChange.Replace(addresses("010.local:6443")));

        assertThat(text()).doesNotContain("010.LOCAL").contains("""
                    "010.local:6443": {
                      "Admin": "drain",
                      "Weight": 50,
                      "Zone": "north"
                    }""".indent(4).strip());
    }

    @Test
    void whatWasToldOfAnotherClusterIsInItsBackupOnly() throws Exception {
        Files.writeString(file(), NEWER);

        live("https://10.0.0.8:6443");

        assertThat(text()).doesNotContain("Format", "Groups").contains("quarantine", "\"Zone\": \"north\"");
        assertThat(folder.resolve("state.json.bak")).hasContent(NEWER);
    }

    @Test
    void aFileWithAnAddressThatIsNoneStaysAsBackup() throws Exception {
        String newer =
                NEWER.replace("\"10.0.0.1:6443\"\n", "\"10.0.0.1:6443\",\n    \"srv:_https._tcp.example.com\"\n");
        Files.writeString(file(), newer);

        live("https://10.0.0.9:6443");

        assertThat(text()).doesNotContain("srv:").contains("\"Format\": 9");
        assertThat(folder.resolve("state.json.bak")).hasContent(newer);
    }

    @Test
    void whatANewerK3sAddsStaysToo() throws Exception {
        Files.writeString(file(), """
                {
                  "ServerURL": "https://10.0.0.9:6443",
                  "ServerAddresses": [
                    "10.0.0.1:6443"
                  ],
                  "Standby": "10.0.0.2:6443"
                }""");

        live("https://10.0.0.9:6443");

        assertThat(text()).startsWith("""
                {
                  "ServerURL": "https://10.0.0.9:6443",
                  "ServerAddresses": [
                    "10.0.0.1:6443"
                  ],
                  "Listener": null,
                  "Managed": [
                    "10.0.0.1:6443"
                  ],""").endsWith(",\n  \"Standby\": \"10.0.0.2:6443\"\n}");
    }

    /** What is written today is what every later version has to read: the example of the documentation is that file. */
    @Test
    void theDocumentedFileIsReadAndWrittenByteForByte() throws Exception {
        Matcher example =
                Pattern.compile("(?s)```json\n(.*?)\n```").matcher(Files.readString(Path.of("docs/state-file.md")));
        assertThat(example.find()).isTrue();

        SavedState state = StateJson.read(example.group(1).getBytes(StandardCharsets.UTF_8));

        assertThat(new String(StateJson.write(state.keeping(state.unknown())), StandardCharsets.UTF_8))
                .isEqualTo(example.group(1));
        Restoration restoration = Restoration.of(
                Optional.of(state), seeds("https://192.168.1.177:6789"), addresses("192.168.1.229:6443"), true);
        assertThat(restoration.notes()).isEmpty();
        assertThat(restoration.memory().remembered()).hasSize(2);
        assertThat(restoration.memory().version()).isEqualTo(7);
    }
}
