package io.apiserverlb.state;

import static io.apiserverlb.state.Fixtures.CLOCK;
import static io.apiserverlb.state.Fixtures.addresses;
import static io.apiserverlb.state.Fixtures.memory;
import static io.apiserverlb.state.Fixtures.pool;
import static io.apiserverlb.state.Fixtures.seeds;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Remembered;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.Setting;
import io.apiserverlb.state.SavedState.SavedSetting;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateJsonTest {
    private static final String K3S = """
            {
              "ServerURL": "https://192.168.1.177:6789",
              "ServerAddresses": [
                "192.168.1.229:6443",
                "192.168.1.63:6443"
              ],
              "Listener": null
            }""";

    private static SavedState read(String json) throws CorruptStateException {
        return StateJson.read(json.getBytes(UTF_8));
    }

    private static String written(SavedState state) {
        return new String(StateJson.write(state), UTF_8);
    }

    @Test
    void writesByteForByteWhatK3sWritesAndThenItsOwnKeys() {
        List<ServerAddress> managed = addresses("192.168.1.229:6443");
        ServerPool pool = pool(memory(seeds("https://192.168.1.177:6789"), managed));
        pool.reconcile(addresses("192.168.1.63:6443"), "test");
        pool.change(
                new ListChange.Patch(addresses("192.168.1.63:6443").get(0), AdminState.DRAIN, 50),
                OptionalLong.empty(),
                "test");

        String json = written(SavedState.from(pool.list(), managed));

        assertThat(json).isEqualTo("""
                        {
                          "ServerURL": "https://192.168.1.177:6789",
                          "ServerAddresses": [
                            "192.168.1.229:6443",
                            "192.168.1.63:6443"
                          ],
                          "Listener": null,
                          "Managed": [
                            "192.168.1.229:6443"
                          ],
                          "Configured": [
                            "192.168.1.229:6443"
                          ],
                          "Discovered": [
                            "192.168.1.63:6443"
                          ],
                          "Settings": {
                            "192.168.1.63:6443": {
                              "Admin": "drain",
                              "Weight": 50
                            }
                          },
                          "Version": 9
                        }""");
        assertThat(json).startsWith(K3S.substring(0, K3S.length() - "\n}".length()));
    }

    @Test
    void writesAnEmptyListAsK3sDoes() {
        ServerPool pool = pool(memory(List.of(), List.of()));

        String json = written(SavedState.from(pool.list(), List.of()));

        assertThat(json).startsWith("""
                        {
                          "ServerURL": "",
                          "ServerAddresses": [],
                          "Listener": null,
                        """).contains("\"Settings\": {},");
    }

    @Test
    void writesHostNamesAsGivenAndTheFirstRegistrationUrlAsConfigured() {
        ServerPool pool =
                pool(memory(seeds("HTTPS://API.example/v1?x", "https://10.0.0.9"), addresses("master.example:6443")));
        pool.resolved(
                "master.example", List.of(addresses("10.0.0.1:1").get(0).ip().orElseThrow()));

        SavedState state = SavedState.from(pool.list(), List.of());

        assertThat(state.serverUrl()).isEqualTo("HTTPS://API.example/v1?x");
        assertThat(state.serverAddresses()).containsExactly("master.example:6443");
    }

    @Test
    void readsBackWhatItWrote() throws CorruptStateException {
        Remembered left = new Remembered(new Setting(AdminState.MAINT, 0), CLOCK.instant());
        Membership membership = new Membership(
                seeds("https://10.0.0.9"), addresses("[fd00::1]:6443"), addresses("10.0.0.2:6443"), Map.of());
        ServerPool pool = pool(new ServerPool.Memory(
                3, membership, Map.of(addresses("10.0.0.3:6443").get(0), left)));
        SavedState state = SavedState.from(pool.list(), addresses("[fd00::1]:6443"));

        SavedState read = StateJson.read(StateJson.write(state));

        assertThat(read.keeping(read.unknown())).isEqualTo(state);
        assertThat(read.settings())
                .containsExactly(Map.entry("10.0.0.3:6443", new SavedSetting("maint", 0, "2026-11-23T04:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\n  \"Listener\": null", ", \"Listener\": {\"a\": 1}, \"Whatever\": [[1]]"})
    void readsWhatK3sWroteWhateverElseIsInIt(String more) throws CorruptStateException {
        String json = K3S.replace(",\n  \"Listener\": null", more);

        SavedState state = read(json);

        assertThat(state.keeping(Unknown.NOTHING))
                .isEqualTo(new SavedState(
                        "https://192.168.1.177:6789",
                        List.of("192.168.1.229:6443", "192.168.1.63:6443"),
                        false,
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        0,
                        Unknown.NOTHING));
    }

    @Test
    void takesAListThatGoNeverSetForEmpty() throws CorruptStateException {
        SavedState state = read("{\"ServerURL\": \"https://\", \"ServerAddresses\": null}");

        assertThat(state.serverAddresses()).isEmpty();
    }

    @Test
    void fillsInWhatASettingLacks() throws CorruptStateException {
        SavedState state = read("{\"ServerURL\": \"\", \"Settings\": {\"a:1\": {\"Weight\": 5}, \"b:1\": {}}}");

        assertThat(state.settings())
                .containsEntry("a:1", new SavedSetting("ready", 5, null))
                .containsEntry("b:1", new SavedSetting("ready", 100, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                              | no JSON object",
                "'   '                                           | no JSON object",
                "[]                                              | no JSON object",
                "{}                                              | no JSON object",
                "{\"name\": \"something-else\"}                  | no JSON object",
                "{\"ServerURL\": \"https://a\"                   | not JSON",
                "{\"ServerURL\": \"https://a\"} x                | not JSON",
                "{\"ServerURL\": 7}                              | ServerURL must be a string, found number",
                "{\"ServerAddresses\": \"a:1\"}                  | ServerAddresses must be an array of strings, found string",
                "{\"ServerAddresses\": {\"a\": \"b\"}}           | ServerAddresses must be an array of strings, found object",
                "{\"ServerAddresses\": [\"a:1\", 7]}             | ServerAddresses must be an array of strings, found number",
                "{\"ServerURL\": \"\", \"Managed\": [null]}      | Managed must be an array of strings, found null",
                "{\"ServerURL\": \"\", \"Settings\": []}         | Settings must be an object, found array",
                "{\"ServerURL\": \"\", \"Settings\": {\"a\": 1}} | Settings must be an object of objects, found number",
                "{\"ServerURL\": \"\", \"Version\": \"1\"}       | Version must be a whole number",
                "{\"ServerURL\": \"\", \"Version\": -1}          | Version must be a whole number",
                "{\"ServerURL\": \"\", \"Version\": 1.5}         | Version must be a whole number",
                "{\"ServerURL\": \"\", \"Version\": 9007199254740992} | Version must be a whole number",
            })
    void saysWhatIsWrongWithAFileThatIsNone(String json, String reason) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(CorruptStateException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void refusesWhatIsTooLargeOrTooDeep() {
        byte[] large = new byte[StateJson.MAX_BYTES + 1];
        String deep = "{\"ServerURL\":" + "[".repeat(100_000);

        assertThatThrownBy(() -> StateJson.read(large)).isInstanceOf(CorruptStateException.class);
        assertThatThrownBy(() -> read(deep)).isInstanceOf(CorruptStateException.class);
    }
}
