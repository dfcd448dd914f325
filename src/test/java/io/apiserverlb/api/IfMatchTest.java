package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;

final class IfMatchTest {

    private static HttpStatus statusOf(Throwable thrown) {
        return ((ProblemException) thrown).status();
    }

    @Test
    void leavesAnyVersionToWhoeverNamesNone() {
        assertThat(IfMatch.parse(List.of()).expected(7)).isEmpty();
        assertThat(IfMatch.parse(List.of(" * ")).expected(7)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"7\"", " \"7\" ", "\"6\", \"7\"", "\"6\",\"7\",", "\"a,b\" ,, W/\"7\" , \"7\"", "\"\", \"7\""})
    void holdsTheCallerToTheVersionThatIsNamed(String header) {
        assertThat(IfMatch.parse(List.of(header)).expected(7)).hasValue(7);
    }

    @Test
    void readsSeveralHeadersAsOneList() {
        assertThat(IfMatch.parse(List.of("\"6\"", "\"7\"")).expected(7)).hasValue(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"6\"", "W/\"7\"", "\"07\"", "\"6\", \"8\"", "\"seven\"", "\"é\""})
    void matchesNothingElse(String header) {
        IfMatch ifMatch = IfMatch.parse(List.of(header));

        assertThatThrownBy(() -> ifMatch.expected(7))
                .hasMessageContaining("version 7")
                .satisfies(thrown -> assertThat(statusOf(thrown)).isEqualTo(HttpStatus.PRECONDITION_FAILED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "\"7",
                "7\"",
                "*, \"7\"",
                "\"7\" \"8\"",
                "w/\"7\"",
                "W/ \"7\"",
                "\"7\" x",
                "\"7\"\"8\"",
                "\"a b\"",
                ",\"7\""
            })
    void refusesWhatIsNoEntityTag(String header) {
        assertThatThrownBy(() -> IfMatch.parse(List.of(header)))
                .satisfies(thrown -> assertThat(statusOf(thrown)).isEqualTo(HttpStatus.BAD_REQUEST));
    }

    @Test
    void readsAHeaderOfAnyLength() {
        String header = "\"6\" " + ",".repeat(100_000) + "\"6\",".repeat(100_000) + "\"7\"";

        assertThat(IfMatch.parse(List.of(header)).expected(7)).hasValue(7);
    }
}
