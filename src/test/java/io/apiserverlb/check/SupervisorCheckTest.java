package io.apiserverlb.check;

import static io.apiserverlb.check.CheckedServers.settings;
import static io.apiserverlb.check.ScriptedServer.answer;
import static io.apiserverlb.check.ScriptedServer.awaitClose;
import static io.apiserverlb.check.ScriptedServer.readRequest;
import static io.apiserverlb.check.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.demo.DemoIdentity;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.tls.ClientTls;
import io.apiserverlb.tls.ClusterAccess;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SupervisorCheckTest {
    private static final String PATH = "/v1-k3s/readyz";
    private static final String NODE = "Basic bm9kZTpzZXNhbWU=";
    private static final DemoAuthority AUTHORITY = new DemoAuthority(InstantSource.system(), new SecureRandom());
    private static final DemoIdentity IDENTITY = AUTHORITY.issueServer();
    private static final String DENIED = answer("401 Unauthorized", "{}");

    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What a server answers to the question of an API server's readiness, and to that of a supervisor's. */
    private ScriptedServer server(String asApiServer, String asSupervisor) throws IOException {
        return new ScriptedServer(AUTHORITY.sslContext(IDENTITY).getServerSocketFactory(), (connection, number) -> {
            while (true) {
                String request = readRequest(connection);
                requests.add(request);
                String answer = !request.contains(PATH)
                        ? asApiServer
                        : authenticates(request) || asSupervisor.isEmpty() ? asSupervisor : DENIED;
                if (answer.isEmpty()) {
                    awaitClose(connection);
                }
                write(connection, answer);
            }
        });
    }

    private static ClientTls cluster(DemoAuthority authority) {
        Optional<ClusterAccess> access = access(authority);
        return cluster(() -> access);
    }

    private static Optional<ClusterAccess> access(DemoAuthority authority) {
        return Optional.of(ClusterAccess.of(authority.certificatePem(), null, null, NODE));
    }

    private static ClientTls cluster(Supplier<Optional<ClusterAccess>> access) {
        return new ClientTls(
                new ClientTls.Settings(null, null, null, null, null, true),
                access,
                InstantSource.system(),
                problem -> {});
    }

    private static CheckedServers check(ScriptedServer server, @Nullable Integer supervisorPort, ClientTls tls) {
        Checker.Settings settings = settings(CheckResult.Type.HTTPS, Duration.ofSeconds(3));
        return new CheckedServers(settings.with(new Supervisor(PATH, supervisorPort)), tls, server.address());
    }

    private CheckResult first(String asApiServer, String asSupervisor) throws IOException {
        try (ScriptedServer server = server(asApiServer, asSupervisor);
                CheckedServers servers = check(server, null, cluster(AUTHORITY))) {
            return servers.result(server.address(), 1);
        }
    }

    private CheckResult firstOnOtherPort(String asSupervisor) throws IOException {
        try (ScriptedServer server = server(DENIED, "");
                ScriptedServer supervisor = server("", asSupervisor);
                CheckedServers servers = check(server, supervisor.address().port(), cluster(AUTHORITY))) {
            return servers.result(server.address(), 1);
        }
    }

    private List<String> asked() {
        return requests.stream().map(request -> request.split(" ", 3)[1]).toList();
    }

    private static boolean authenticates(String request) {
        return request.contains("authorization: " + NODE + "\r\n");
    }

    @Test
    void hasTheSupervisorSayWhatTheApiServerDoesNot() throws Exception {
        CheckResult result = first(DENIED, answer("200 OK", "ok"));

        assertThat(result.code()).isEqualTo(Code.L7OK);
        assertThat(result.detail()).isEqualTo("ok");
        assertThat(asked()).startsWith("/readyz", PATH);
    }

    @Test
    void showsTheNodeTokenToTheSupervisorOnly() throws Exception {
        first(DENIED, answer("200 OK", "ok"));

        assertThat(requests)
                .isNotEmpty()
                .allMatch(request -> authenticates(request) == request.contains(PATH), "the token where it belongs");
    }

    @Test
    void showsNoTokenToAServerThatIsNotVerified() throws Exception {
        DemoAuthority other = new DemoAuthority(InstantSource.system(), new SecureRandom());

        try (ScriptedServer server = server(DENIED, answer("200 OK", "ok"));
                CheckedServers servers = check(server, null, cluster(other))) {
            assertThat(servers.result(server.address(), 1).code()).isEqualTo(Code.L6RSP);
        }

        assertThat(requests).isEmpty();
    }

    @Test
    void asksNobodyElseWhenTheApiServerTells() throws Exception {
        CheckResult result = first(answer("200 OK", "ok"), answer("503 Service Unavailable", ""));

        assertThat(result.code()).isEqualTo(Code.L7OK);
        assertThat(asked()).startsWith("/readyz").doesNotContain(PATH);
    }

    @Test
    void isRedWhenTheSupervisorIs() throws Exception {
        CheckResult result = first(DENIED, answer("503 Service Unavailable", "not ready"));

        assertThat(result.code()).isEqualTo(Code.L7STS);
        assertThat(result.status()).isEqualTo(503);
        assertThat(result.detail()).isEqualTo("supervisor: Service Unavailable");
    }

    @Test
    void passesWhenThereIsNoSupervisor() throws Exception {
        assertThat(first(DENIED, answer("404 Not Found", "")))
                .extracting(CheckResult::code, CheckResult::detail)
                .containsExactly(Code.L7OKC, "readiness: unknown, since the supervisor does not tell");
    }

    @Test
    void passesWhenTheSupervisorDoesNotAnswerInTime() throws Exception {
        CheckResult result = first(DENIED, "");

        assertThat(result.code()).isEqualTo(Code.L7OKC);
        assertThat(result.status()).isNull();
    }

    @Test
    void asksASupervisorOnAPortOfItsOwn() throws Exception {
        assertThat(firstOnOtherPort(answer("200 OK", "ok")).code()).isEqualTo(Code.L7OK);
        assertThat(firstOnOtherPort(answer("500 Internal Server Error", "")).code())
                .isEqualTo(Code.L7STS);
        assertThat(firstOnOtherPort("").code()).isEqualTo(Code.L7OKC);
        assertThat(asked()).contains("/readyz", PATH).doesNotContain("/version");
    }

    @Test
    void keepsTheConnectionToTheApiServerWhenItsSupervisorIsSilent() throws Exception {
        try (ScriptedServer server = server(DENIED, "");
                ScriptedServer silent = server("", "");
                CheckedServers servers = new CheckedServers(
                        settings(CheckResult.Type.HTTPS, Duration.ofMillis(600))
                                .with(new Supervisor(PATH, silent.address().port())),
                        cluster(AUTHORITY),
                        server.address())) {
            servers.report(server.address(), 4);
            int accepted = server.accepted();

            assertThat(servers.result(server.address(), 7).code()).isEqualTo(Code.L7OKC);
            assertThat(server.accepted()).isEqualTo(accepted);
        }
    }

    @Test
    void passesWithoutAnyoneOnTheSupervisorsPort() throws Exception {
        try (ScriptedServer server = server(DENIED, "");
                HeldPort supervisor = new HeldPort();
                CheckedServers servers = check(server, supervisor.port(), cluster(AUTHORITY))) {
            assertThat(servers.result(server.address(), 1).code()).isEqualTo(Code.L7OKC);
        }
    }

    @Test
    void usesWhatBecomesKnownOfTheClusterAtOnce() throws Exception {
        AtomicReference<Optional<ClusterAccess>> known = new AtomicReference<>(Optional.empty());
        try (ScriptedServer server = server(DENIED, answer("200 OK", "ok"));
                CheckedServers servers = check(server, null, cluster(known::get))) {
            assertThat(servers.result(server.address(), 5).code()).isEqualTo(Code.L7OKC);
            assertThat(requests).noneMatch(SupervisorCheckTest::authenticates);

            known.set(access(AUTHORITY));

            servers.firstOf(Code.L7OK, server.address());
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void keepsBothConnections() throws Exception {
        try (ScriptedServer server = server(DENIED, "");
                ScriptedServer supervisor = server("", answer("200 OK", "ok"));
                CheckedServers servers = check(server, supervisor.address().port(), cluster(AUTHORITY))) {
            servers.report(server.address(), 8);
            int toServer = server.accepted();
            int toSupervisor = supervisor.accepted();

            servers.report(server.address(), 12);

            assertThat(server.accepted()).isEqualTo(toServer);
            assertThat(supervisor.accepted()).isEqualTo(toSupervisor);
        }
    }
}
