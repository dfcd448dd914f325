package io.apiserverlb.discovery.k3s;

import static io.apiserverlb.testing.FollowedCluster.servers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apiserverlb.discovery.AddressRules;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.FollowedCluster;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import io.apiserverlb.tls.ClusterAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Time, and with it everything that is put off, passes only when a test says so; sockets and TLS are real. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class K3sDiscoveryTest {
    private static final String PASSWORD = "sesame-open-thyself";
    private static final String BASIC = basic(PASSWORD);
    private static final Duration DEBOUNCE = Duration.ofSeconds(3);
    private static final K3sDiscovery.Limits PATIENT =
            new K3sDiscovery.Limits(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60));
    private static final K3sDiscovery.Limits IMPATIENT =
            new K3sDiscovery.Limits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10));

    private static final K3sPki.Identity CA = K3sPki.root("k3s-server-ca");
    private static final K3sPki.Identity OTHER_CA = K3sPki.root("k3s-server-ca");
    private static final K3sPki.Identity SUPERVISOR = K3sPki.supervisor(CA);

    private final ManualClock clock = new ManualClock();
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final Events events = new Events(clock);
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Set<ServerAddress> self = new HashSet<>();

    @TempDir
    Path folder;

    private Path tokenFile;
    private FakeSupervisor supervisor;
    private FollowedCluster cluster = cluster(List.of());
    private Optional<InetSocketAddress> gateway = Optional.empty();
    private K3sDiscovery.Limits limits = PATIENT;

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("node:" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String token(String ca) {
        return "K10" + K3sPki.sha256(ca) + "::server:" + PASSWORD;
    }

    @BeforeEach
    void startSupervisor() throws IOException {
        tokenFile = Files.writeString(folder.resolve("token"), token(CA.pem()) + "\n");
        HeldPort port = new HeldPort();
        toClose.add(port);
        supervisor = supervisor("127.0.0.1", port.port());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    private FakeSupervisor supervisor(String host, int port) {
        FakeSupervisor made = new FakeSupervisor(host, port, SUPERVISOR, CA.pem())
                .accepting(BASIC)
                .naming("127.77.0.1:6443", "127.77.0.2:6443");
        toClose.add(made);
        return made;
    }

    /** With the same port as the first. */
    private FakeSupervisor supervisorOn(String host) {
        return supervisor(host, supervisor.port());
    }

    private SeedUrl seed() {
        return SeedUrl.parse("https://127.0.0.1:" + supervisor.port());
    }

    private K3sDiscovery start() {
        return start(List.of(seed()));
    }

    private K3sDiscovery start(List<SeedUrl> seeds) {
        return start(K3sDiscovery.Program.K3S, seeds, null);
    }

    private K3sDiscovery start(K3sDiscovery.Program program, List<SeedUrl> seeds, @Nullable Integer supervisorPort) {
        cluster = cluster(seeds);
        K3sDiscovery discovery = new K3sDiscovery(
                new K3sDiscovery.Settings(tokenFile, program, seeds, supervisorPort),
                limits,
                () -> gateway,
                AddressRules.NONE,
                DEBOUNCE,
                cluster.pool(),
                executor,
                clock,
                clock::nanos,
                new Random(1),
                events);
        toClose.add(0, discovery);
        discovery.start();
        return discovery;
    }

    private FollowedCluster cluster(List<SeedUrl> seeds) {
        return FollowedCluster.of(seeds, self::contains, clock, clock::nanos, events);
    }

    private List<ServerAddress> discovered() {
        return cluster.discovered();
    }

    private List<String> warnings() {
        return cluster.warnings();
    }

    private static Optional<String> authorization(K3sDiscovery discovery) {
        return Optional.ofNullable(discovery.access()).flatMap(ClusterAccess::authorization);
    }

    private void assertNoSecretIn(Object... texts) {
        String secret = BASIC.substring("Basic ".length());
        assertThat(Arrays.toString(texts) + events.latest())
                .doesNotContain(PASSWORD)
                .doesNotContain(secret);
    }

    // ---- the whole chain

    @Test
    void findsTheServersByNothingButATokenAndAnAddress(CapturedOutput output) {
        K3sDiscovery discovery = start();

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(supervisor.seen())
                .containsExactly(
                        new FakeSupervisor.Seen("/cacerts", ""), new FakeSupervisor.Seen("/v1-k3s/apiservers", BASIC));
        assertThat(discovery.status()).isEqualTo(new DiscoveryStatus("k3s", clock.instant(), null));
        assertThat(authorization(discovery)).contains(BASIC);
        assertThat(warnings()).isEmpty();
        assertNoSecretIn(output, discovery.status(), String.valueOf(discovery.access()));
    }

    @Test
    void asksEveryHalfMinuteAndTakesChanges() {
        start();

        supervisor.naming("127.77.0.1:6443", "127.77.0.3:6443");
        executor.run(Duration.ofSeconds(26));
        assertThat(supervisor.authorizations()).hasSize(1);
        executor.run(Duration.ofSeconds(10));

        assertThat(supervisor.authorizations()).hasSize(2);
        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.3"));
        assertThat(supervisor.seen())
                .filteredOn(seen -> seen.path().equals("/cacerts"))
                .hasSize(1);
    }

    @Test
    void asksAtOnceWhenItIsToldTo() {
        K3sDiscovery discovery = start();

        supervisor.naming("127.77.0.3:6443");
        discovery.refresh();
        executor.run(DEBOUNCE);

        assertThat(discovered()).isEqualTo(servers("127.77.0.3"));
    }

    @Test
    void keepsTheListWhenTheClusterNamesNoServer() {
        K3sDiscovery discovery = start();

        supervisor.naming();
        executor.run(Duration.ofSeconds(60));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(warnings()).hasSize(1);
        assertThat(discovery.status().error()).contains("no server");
    }

    @Test
    void leavesOutWhatIsNoAddressAndSaysSoOnce() {
        supervisor.naming("127.77.0.1:6443", "0.0.0.0:6443", "what:is:this");
        start();

        executor.run(Duration.ofSeconds(70));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1"));
        assertThat(supervisor.authorizations()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("left out of the servers that the cluster names: ")
                .contains("'what:is:this'", "0.0.0.0");
    }

    @Test
    void needsARegistrationUrl() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new K3sDiscovery.Settings(tokenFile, K3sDiscovery.Program.K3S, List.of(), null))
                .withMessageContaining("needs a registration URL");
    }

    @Test
    void sendsABootstrapTokenAsBearer() throws IOException {
        Files.writeString(tokenFile, "K10" + K3sPki.sha256(CA.pem()) + "::abcdef.0123456789abcdef");
        supervisor.accepting("Bearer abcdef.0123456789abcdef");

        start();

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
    }

    // ---- trust

    @Test
    void sendsNoCredentialWhereTheCaIsNotTheOneInTheToken(CapturedOutput output) throws IOException {
        Files.writeString(tokenFile, token(OTHER_CA.pem()));
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(100));

        assertThat(supervisor.authorizations()).isEmpty();
        assertThat(supervisor.seen()).hasSizeBetween(3, 5);
        assertThat(discovery.access()).isNull();
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains(K3sPki.sha256(CA.pem()), K3sPki.sha256(OTHER_CA.pem()));
        assertNoSecretIn(output, discovery.status());

        // The right CA heals it.
        supervisor.present(OTHER_CA.pem(), K3sPki.supervisor(OTHER_CA));
        executor.run(Duration.ofSeconds(34));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(discovery.status().error()).isNull();
    }

    @Test
    void sendsNoCredentialToAServerThatOnlyShowsTheRightCa() {
        supervisor.present(CA.pem(), K3sPki.supervisor(OTHER_CA));
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(10));

        assertThat(supervisor.authorizations()).isEmpty();
        assertThat(discovery.status().error()).contains("is not trusted: no known CA vouches for the certificate");
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void goesOnThroughTheOthersWhereOneHasAWrongCa() {
        supervisor.present(OTHER_CA.pem(), K3sPki.supervisor(OTHER_CA));
        FakeSupervisor second = supervisorOn("127.0.0.2");

        start(List.of(seed(), SeedUrl.parse("https://127.0.0.2:" + second.port())));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(supervisor.authorizations()).isEmpty();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void trustsTheFirstCaWhereTheTokenHasNoHashAndSaysSo() throws IOException {
        Files.writeString(tokenFile, PASSWORD);
        start();

        executor.run(Duration.ofSeconds(100));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(warnings()).singleElement().asString().contains("no CA hash");
    }

    @Test
    void staysWithTheFirstCaWhereTheTokenHasNoHashUntilTheTokenChanges() throws IOException {
        Files.writeString(tokenFile, PASSWORD);
        K3sDiscovery discovery = start();
        ClusterAccess before = discovery.access();

        supervisor.present(OTHER_CA.pem(), K3sPki.supervisor(OTHER_CA));
        supervisor.naming("127.77.0.3:6443");
        executor.run(Duration.ofSeconds(70));
        assertThat(supervisor.authorizations()).hasSize(1);
        assertThat(discovery.access()).isSameAs(before);
        assertThat(warnings()).hasSize(2).last().asString().contains("no hash by which to trust another CA");

        Files.writeString(tokenFile, token(OTHER_CA.pem()));
        executor.run(Duration.ofSeconds(40));
        assertThat(discovered()).isEqualTo(servers("127.77.0.3"));
        assertThat(discovery.access()).isNotSameAs(before);
    }

    @Test
    void refusesANewCaThatTheHashDoesNotNameUntilTheTokenDoes() throws IOException {
        K3sDiscovery discovery = start();
        ClusterAccess before = discovery.access();

        supervisor.present(OTHER_CA.pem(), K3sPki.supervisor(OTHER_CA));
        executor.run(Duration.ofSeconds(70));
        assertThat(supervisor.authorizations()).hasSize(1);
        assertThat(discovery.access()).isSameAs(before);
        assertThat(warnings()).singleElement().asString().contains("another CA than the token says");
        Files.writeString(tokenFile, token(OTHER_CA.pem()) + "\n\n");
        supervisor.naming("127.77.0.3:6443");
        executor.run(Duration.ofSeconds(40));

        assertThat(discovered()).isEqualTo(servers("127.77.0.3"));
        assertThat(warnings()).hasSize(1);
        assertThat(discovery.access()).isNotSameAs(before);
    }

    @Test
    void followsANewCaBelowTheSameRoot() throws IOException {
        K3sPki.Identity first = K3sPki.authority("k3s-server-ca@1", CA);
        K3sPki.Identity second = K3sPki.authority("k3s-server-ca@2", CA);
        Files.writeString(tokenFile, "K10" + K3sPki.sha256(CA.der()) + "::server:" + PASSWORD);
        supervisor.present(first.pem() + CA.pem(), K3sPki.supervisor(first));
        start();
        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));

        supervisor.present(second.pem() + CA.pem(), K3sPki.supervisor(second));
        supervisor.naming("127.77.0.3:6443");
        executor.run(Duration.ofSeconds(40));

        assertThat(discovered()).isEqualTo(servers("127.77.0.3"));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void doesNotTrustWhatSomebodyPutBesideTheRootOfTheHash() throws IOException {
        K3sPki.Identity serverCa = K3sPki.authority("k3s-server-ca@1", CA);
        Files.writeString(tokenFile, "K10" + K3sPki.sha256(CA.der()) + "::server:" + PASSWORD);
        supervisor.present(serverCa.pem() + OTHER_CA.pem() + CA.pem(), K3sPki.supervisor(OTHER_CA));

        start();

        assertThat(supervisor.authorizations()).isEmpty();
        assertThat(discovered()).isEmpty();
    }

    @Test
    void acceptsACertificateForTheHostThatItDialed() {
        supervisor.present(CA.pem(), K3sPki.supervisor(CA, "127.0.0.1"));

        start();

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
    }

    @Test
    void refusesACertificateForAnotherHost() {
        supervisor.present(CA.pem(), K3sPki.supervisor(CA, "127.0.0.9", "kubelet"));

        K3sDiscovery discovery = start();

        assertThat(supervisor.authorizations()).isEmpty();
        assertThat(discovery.status().error()).contains("does not cover kubernetes.default.svc");
    }

    // ---- the token's file

    @Test
    void followsTheTokenFile() throws IOException {
        K3sDiscovery discovery = start();

        supervisor.accepting(basic("another"));
        Path next = Files.writeString(folder.resolve("next"), "K10" + K3sPki.sha256(CA.pem()) + "::server:another");
        Files.move(next, tokenFile, StandardCopyOption.ATOMIC_MOVE);
        executor.run(Duration.ofSeconds(6));

        assertThat(supervisor.authorizations()).containsExactly(BASIC, basic("another"));
        assertThat(authorization(discovery)).contains(basic("another"));
        assertThat(warnings()).isEmpty();
    }

    @Test
    void keepsTheTokenWhereItsFileIsNoGoodAnyMore() throws IOException {
        start();

        Files.writeString(tokenFile, "");
        executor.run(Duration.ofSeconds(70));

        assertThat(supervisor.authorizations()).hasSizeGreaterThanOrEqualTo(3).containsOnly(BASIC);
        assertThat(warnings())
                .containsExactly(
                        tokenFile + " is empty: token must not be empty; the token that was read before stays in use");
    }

    @Test
    void waitsForATokenWhereThereIsNoneYet() throws IOException {
        Files.delete(tokenFile);
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(10));
        assertThat(supervisor.connections()).isZero();
        assertThat(warnings()).containsExactly("lb.discovery.k3s.token-file: " + tokenFile + " does not exist");
        Files.writeString(tokenFile, token(CA.pem()));
        executor.run(Duration.ofSeconds(20));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(discovery.status().error()).isNull();
    }

    // ---- bad answers

    static Stream<Arguments> misbehaviours() {
        return Stream.of(
                Arguments.of("401", FakeSupervisor.status(401), "does not accept the password"),
                Arguments.of("403", FakeSupervisor.status(403), "does not let the token's user ask"),
                Arguments.of("404", FakeSupervisor.status(404), "lb.discovery.k3s.program may be wrong"),
                Arguments.of("429", FakeSupervisor.status(429), "has too many requests"),
                Arguments.of("500", FakeSupervisor.status(500), "answers with status 500"),
                Arguments.of("503", FakeSupervisor.status(503), "is not ready"),
                Arguments.of(
                        "redirect", FakeSupervisor.status(302, "Location: https://127.0.0.1:1/"), "points elsewhere"),
                Arguments.of("HTML", FakeSupervisor.body("<html>"), "no list of addresses"),
                Arguments.of("nothing", FakeSupervisor.body(""), "no list of addresses"),
                Arguments.of("an object", FakeSupervisor.body("{\"a\":[]}"), "no list of addresses"),
                Arguments.of("numbers", FakeSupervisor.body("[1]"), "no list of addresses"),
                Arguments.of("half a list", FakeSupervisor.body("[\"127.77.0.1:6443\""), "no list of addresses"),
                Arguments.of("two lists", FakeSupervisor.body("[\"127.77.0.1:6443\"] []"), "no list of addresses"),
                Arguments.of("depth", FakeSupervisor.body("[".repeat(500_000)), "no list of addresses"),
                Arguments.of("no address", FakeSupervisor.body("[\"\", \"?\"]"), "names no address that can be read"),
                Arguments.of(
                        "a crowd", FakeSupervisor.body("[" + "\"a:1\",".repeat(1_000) + "\"a:1\"]"), "more than 1000"),
                Arguments.of("no HTTP", FakeSupervisor.text("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "does not answer in HTTP"),
                Arguments.of("nobody", FakeSupervisor.closing(), "closes the connection"),
                Arguments.of("the middle", FakeSupervisor.closingInTheMiddle(), "closes the connection"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misbehaviours")
    void tellsEachTroubleOnceAndRecovers(
            String name, FakeSupervisor.Reply misbehaviour, String words, CapturedOutput output) {
        supervisor.misbehave(misbehaviour);
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(10));
        DiscoveryStatus failed = discovery.status();
        assertThat(supervisor.authorizations()).hasSizeGreaterThanOrEqualTo(3);
        supervisor.behave();
        executor.run(Duration.ofSeconds(20));

        assertThat(warnings())
                .containsExactly(failed.error())
                .allSatisfy(warning -> assertThat(warning)
                        .startsWith("no supervisor names the servers: 127.0.0.1:" + supervisor.port() + " ")
                        .contains(words));
        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(discovery.status().error()).isNull();
        assertNoSecretIn(output, failed, discovery.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 104857600", "Connection: close"})
    void readsNoMoreOfALargeAnswerThanItTakes(String header, CapturedOutput output) {
        supervisor.misbehave(FakeSupervisor.large("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n", 100 << 20));
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(5));
        int answers = supervisor.authorizations().size();
        Awaitility.await().until(() -> supervisor.brokenOff() == answers);

        assertThat(answers).isGreaterThanOrEqualTo(3);
        assertThat(supervisor.sent() / answers).isLessThan(16 << 20);
        assertThat(warnings()).singleElement().asString().contains("gives an answer larger than 1 MiB");
        Awaitility.await().until(() -> supervisor.connectedNow() == 0);

        supervisor.behave();
        executor.run(Duration.ofSeconds(20));
        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertNoSecretIn(output, discovery.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[", "HTTP/1.1 200 OK\r\nX-Endless:"})
    void breaksOffAnAnswerThatDoesNotEnd(String head, CapturedOutput output) {
        limits = IMPATIENT;
        supervisor.misbehave(FakeSupervisor.endless(head));
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(5));

        assertThat(warnings()).singleElement().asString().contains("has not answered in time");
        Awaitility.await()
                .until(() ->
                        supervisor.brokenOff() >= supervisor.authorizations().size());
        assertNoSecretIn(output, discovery.status());
    }

    @Test
    void closesTheConnectionOfASupervisorWhoseHeadersDoNotEnd() {
        supervisor.misbehave(FakeSupervisor.large("HTTP/1.1 200 OK\r\nX-Large: ", 100 << 20));
        K3sDiscovery discovery = start();

        for (int i = 0; i < 3; i++) {
            discovery.refresh();
        }

        // The JDK may try once more.
        assertThat(supervisor.authorizations()).hasSizeBetween(4, 8);
        assertThat(supervisor.sent() / supervisor.authorizations().size()).isLessThan(16 << 20);
        assertThat(warnings()).singleElement().asString().contains("does not answer in HTTP");
        Awaitility.await().until(() -> supervisor.connectedNow() == 0);
    }

    @Test
    void saysThatThereIsNoCaAndRecovers() {
        supervisor.present("<html>", SUPERVISOR);
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(5));
        assertThat(warnings()).singleElement().asString().contains("has no certificate at /cacerts");
        assertThat(supervisor.authorizations()).isEmpty();
        supervisor.present(CA.pem(), SUPERVISOR);
        executor.run(Duration.ofSeconds(10));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(discovery.status().error()).isNull();
    }

    @Test
    void saysThatNobodyAnswers() {
        supervisor.close();
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(10));

        assertThat(warnings()).singleElement().asString().contains("cannot be connected to: Connection refused");
        assertThat(discovery.access()).isNull();
    }

    @Test
    void doesNotAskBeforeTheTimeThatABusySupervisorAsksFor() {
        supervisor.misbehave(FakeSupervisor.status(429, "Retry-After: 20"));
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(19));
        discovery.refresh();
        assertThat(supervisor.authorizations()).hasSize(1);
        assertThat(warnings()).hasSize(1);
        supervisor.behave();
        executor.run(Duration.ofSeconds(40));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
    }

    @ParameterizedTest
    @ValueSource(longs = {-20_000, 20_000})
    void asksABusySupervisorNeitherSoonerNorLaterWhenTheClockIsSet(long days) {
        supervisor.misbehave(FakeSupervisor.status(429, "Retry-After: 20"));
        K3sDiscovery discovery = start();
        supervisor.behave();
        clock.set(Duration.ofDays(days));

        executor.run(Duration.ofSeconds(19));
        discovery.refresh();
        executor.run(Duration.ZERO);
        assertThat(supervisor.authorizations()).hasSize(1);
        executor.run(Duration.ofSeconds(1));
        clock.set(Duration.ofDays(-days)); // certificates are judged by the time of day, and rightly so
        discovery.refresh();
        executor.run(Duration.ofSeconds(1));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
    }

    @Test
    void waitsNoLongerThanAMinuteForABusySupervisor() {
        supervisor.misbehave(FakeSupervisor.status(429, "Retry-After: 86400"));
        start();
        supervisor.behave();

        executor.run(Duration.ofSeconds(100));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
    }

    // ---- whom it asks

    @Test
    void asksTheNextWhereOneIsDead() {
        FakeSupervisor second = supervisorOn("127.0.0.2");
        supervisor.close();

        start(List.of(seed(), SeedUrl.parse("https://127.0.0.2:" + second.port())));
        executor.run(Duration.ofSeconds(40));

        assertThat(discovered()).isEqualTo(servers("127.77.0.1", "127.77.0.2"));
        assertThat(second.authorizations()).hasSize(2);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void asksTheServersOfTheListWhereTheSeedIsDead() {
        FakeSupervisor second = supervisorOn("127.0.0.2").naming("127.0.0.3:" + supervisor.port());
        FakeSupervisor third = supervisorOn("127.0.0.3").naming("127.0.0.4:6443");
        start(List.of(SeedUrl.parse("https://127.0.0.2:" + supervisor.port())));

        second.close();
        executor.run(Duration.ofSeconds(40));

        assertThat(third.authorizations()).isNotEmpty();
        assertThat(discovered()).isEqualTo(servers("127.0.0.4"));
    }

    @Test
    void findsTheServersOfRke2WhoseSupervisorsHaveAnotherPort() {
        FakeSupervisor second = supervisorOn("127.0.0.2");
        supervisor.naming("127.0.0.2:6443");
        second.naming("127.0.0.2:6443", "127.0.0.5:6443");

        start(K3sDiscovery.Program.RKE2, List.of(SeedUrl.parse("https://127.0.0.1:6443")), supervisor.port());
        assertThat(discovered()).isEqualTo(servers("127.0.0.2"));
        assertThat(supervisor.seen()).extracting(FakeSupervisor.Seen::path).contains("/v1-rke2/apiservers");
        supervisor.close();
        executor.run(Duration.ofSeconds(40));

        assertThat(second.seen()).extracting(FakeSupervisor.Seen::path).contains("/v1-rke2/apiservers");
        assertThat(discovered()).isEqualTo(servers("127.0.0.2", "127.0.0.5"));
    }

    @Test
    void asksThroughTheBalancerWhereThatLeadsToSupervisors() {
        FakeSupervisor behind = supervisor("127.0.0.1", 0);
        gateway = Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), behind.port()));

        start();

        assertThat(behind.authorizations()).hasSize(1);
        assertThat(supervisor.connections()).isZero();
    }

    @Test
    void doesNotAskThroughTheBalancerWhereThatLeadsToApiServers() {
        FakeSupervisor behind = supervisor("127.0.0.1", 0);
        gateway = Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), behind.port()));

        start(K3sDiscovery.Program.RKE2, List.of(SeedUrl.parse("https://127.0.0.1:6443")), supervisor.port());

        assertThat(behind.connections()).isZero();
        assertThat(supervisor.authorizations()).hasSize(1);
    }

    @Test
    void neverAsksTheBalancerItself() {
        self.add(seed().address());
        K3sDiscovery discovery = start();

        executor.run(Duration.ofSeconds(10));

        assertThat(supervisor.connections()).isZero();
        assertThat(discovery.status().error()).isEqualTo("there is no supervisor to ask but this balancer");
    }

    @Test
    void tellsTheSameTroubleTheSameWayWhateverTheOrder() {
        supervisor.close();
        List<SeedUrl> seeds = new ArrayList<>();
        for (int i = 7; i > 0; i--) {
            seeds.add(SeedUrl.parse("https://127.0.0." + i + ":" + supervisor.port()));
        }

        start(seeds);
        executor.run(Duration.ofSeconds(60));

        assertThat(warnings())
                .containsExactly("no supervisor names the servers: "
                        + Stream.of(1, 2, 3, 4, 5)
                                .map(i -> "127.0.0." + i + ":" + supervisor.port())
                                .collect(Collectors.joining(", "))
                        + " cannot be connected to: Connection refused; and others");
    }

    // ---- the end

    @Test
    void asksNobodyOnceItIsClosed() {
        K3sDiscovery discovery = start();

        discovery.close();
        discovery.refresh();
        executor.run(Duration.ofSeconds(100));

        assertThat(supervisor.authorizations()).hasSize(1);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void endsItsThreads() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        K3sDiscovery discovery = start();
        assertThat(threadsSince(before)).isNotEmpty();

        discovery.close();
        toClose.remove(discovery);
        executor.run(Duration.ofSeconds(100));

        Awaitility.await().until(() -> threadsSince(before).isEmpty());
    }

    private static List<String> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("lb-discovery"))
                .toList();
    }
}
