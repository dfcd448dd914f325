package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CheckResult.Code;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    @ParameterizedTest
    @ValueSource(ints = {200, 204, 299})
    void passesWithEveryGoodStatus(int status) {
        assertThat(finding(status, "ok")).isEqualTo(new Finding(Code.L7OK, status, "ok"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429})
    void saysThatReadinessIsUnknownToThoseWhoMayNotAsk(int status) {
        assertThat(finding(status, "Unauthorized")).isEqualTo(new Finding(Code.L7OKC, status, "readiness: unknown"));
    }

    @Test
    void namesTheFailingChecksOfARedServer() {
        String body = """
                [+]ping ok
                [-]etcd failed: reason withheld
                [+]log ok
                [-]informer-sync failed: reason withheld
                [-]poststarthook/rbac/bootstrap-roles failed: reason withheld
                readyz check failed
                """;

        Finding finding = finding(500, body);

        assertThat(finding)
                .isEqualTo(new Finding(Code.L7STS, 500, "etcd, informer-sync, poststarthook/rbac/bootstrap-roles"));
    }

    @Test
    void takesTheStatusInWordsWhereNothingIsNamed() {
        assertThat(finding(503, "we are [-]closed")).isEqualTo(new Finding(Code.L7STS, 503, "Service Unavailable"));
        assertThat(finding(302, "")).isEqualTo(new Finding(Code.L7STS, 302, "Found"));
    }

    @Test
    void namesNoMoreThanTenFailingChecks() {
        String body = IntStream.rangeClosed(1, 12)
                .mapToObj(i -> "[-]c" + i + " failed")
                .collect(Collectors.joining("\n"));

        assertThat(finding(500, body).detail()).isEqualTo("c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 and 2 more");
    }

    @Test
    void keepsWhatAServerSaysShortAndPrintable() {
        String body = "[-]\u001b[31metcd failed\n[-]" + "x".repeat(5_000) + "\n[-]etcd\u0000\u202e failed\n";

        assertThat(finding(500, body).detail()).isEqualTo("x".repeat(100) + ", etcd");
    }

    private static Finding finding(int status, String body) {
        return new Answer(HttpResponseStatus.valueOf(status), body).finding();
    }
}
