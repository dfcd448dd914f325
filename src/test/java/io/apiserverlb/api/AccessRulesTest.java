package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;

final class AccessRulesTest {
    private final AccessRules withoutToken = new AccessRules(new AccessRules.Settings(null, Set.of()));

    private static AccessRules withToken(Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "token");
        return new AccessRules(new AccessRules.Settings(file, Set.of()));
    }

    private static Call call(String method, String path, boolean loopback, @Nullable String authorization) {
        return new Call(method, path, loopback, "192.0.2.9", "127.0.0.1", null, null, null, authorization);
    }

    private static HttpStatus status(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused ? refused.status() : HttpStatus.OK;
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void leaveReadingOpenBeyondLoopback(String method) {
        assertThat(withoutToken.judge(call(method, "/lb/servers", false, null))).isEqualTo(Verdict.Granted.ANONYMOUS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "MKCOL", "get"})
    void takeEveryOtherMethodForAChange(String method) {
        assertThat(status(withoutToken.judge(call(method, "/lb/servers", false, null))))
                .isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(withoutToken.judge(call(method, "/lb/servers", true, null))).isEqualTo(Verdict.Granted.ANONYMOUS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lb/connections", "/lb/events", "/lb/why", "/lb/connections/7"})
    void guardWhoIsConnectedBeyondLoopback(String path, @TempDir Path folder) throws Exception {
        AccessRules withToken = withToken(folder);

        assertThat(status(withoutToken.judge(call("GET", path, false, null)))).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(status(withToken.judge(call("GET", path, false, null)))).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(withToken.judge(call("GET", path, false, "Bearer token"))).isEqualTo(Verdict.Granted.TOKEN);
    }

    @Test
    void showWhoIsConnectedToThisHost(@TempDir Path folder) throws Exception {
        assertThat(withToken(folder).judge(call("GET", "/lb/events", true, null)))
                .isEqualTo(Verdict.Granted.ANONYMOUS);
    }

    @Test
    void guardNothingThatOnlyBeginsAlike() {
        assertThat(withoutToken.judge(call("GET", "/lb/eventsource.js", false, null)))
                .isEqualTo(Verdict.Granted.ANONYMOUS);
    }

    @Test
    void needTheTokenOnALoopbackAddressAsWell(@TempDir Path folder) throws Exception {
        AccessRules withToken = withToken(folder);

        assertThat(status(withToken.judge(call("PUT", "/lb/servers", true, null))))
                .isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(withToken.judge(call("PUT", "/lb/servers", false, "BEARER  token")))
                .isEqualTo(Verdict.Granted.TOKEN);
    }
}
