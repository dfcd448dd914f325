package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterCredentialsTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> reports = new ArrayList<>();

    private KubeconfigFile kubeconfig(String name) {
        return new KubeconfigFile(folder.resolve(name)).ca(AUTHORITY.pem());
    }

    private ClusterCredentials credentials(@Nullable Path kubeconfig) {
        return credentials(new ClusterCredentials.Settings(kubeconfig, null, null));
    }

    private ClusterCredentials credentials(ClusterCredentials.Settings settings) {
        return new ClusterCredentials(
                settings,
                new ClusterCredentials.Surroundings(variables::get, folder.resolve("pod"), folder.resolve("home")),
                clock,
                clock::nanos);
    }

    private static String authorization(KnownCluster cluster) {
        return cluster.access().authorization().orElse("none");
    }

    private static void assertRefused(ClusterCredentials credentials, String message) {
        assertThatExceptionOfType(CredentialsException.class)
                .isThrownBy(credentials::load)
                .withMessageContaining(message)
                .withMessageNotContaining("sesame");
    }

    private void inAPod() throws IOException {
        Files.createDirectories(folder.resolve("pod"));
        Files.writeString(folder.resolve("pod/ca.crt"), AUTHORITY.pem());
        Files.writeString(folder.resolve("pod/token"), "pod-token\n");
        variables.put("KUBERNETES_SERVICE_HOST", "fd00::1");
        variables.put("KUBERNETES_SERVICE_PORT", "443");
    }

    @Test
    void readsWhatIsNamedThenTheEnvironmentThenThePodThenTheHome() throws Exception {
        assertRefused(credentials((Path) null), "no credentials for the cluster");

        KubeconfigFile.write(
                folder.resolve("home/.kube/config"),
                kubeconfig("x").token("home").text("home"));
        assertThat(authorization(credentials((Path) null).load())).isEqualTo("Bearer home");

        inAPod();
        assertThat(authorization(credentials((Path) null).load())).isEqualTo("Bearer pod-token");

        variables.put(
                "KUBECONFIG",
                kubeconfig("environment").token("environment").write().toString());
        assertThat(authorization(credentials((Path) null).load())).isEqualTo("Bearer environment");

        Path named = kubeconfig("named").token("named").write();
        assertThat(authorization(credentials(named).load())).isEqualTo("Bearer named");
    }

    @Test
    void knowsTheApiOfAPod() throws Exception {
        inAPod();

        KnownCluster cluster = credentials((Path) null).load();

        assertThat(cluster.server().text()).isEqualTo("https://[fd00::1]:443");
        assertThat(cluster.serverName()).isEqualTo("kubernetes.default.svc");
    }

    @Test
    void mergesWhatTheEnvironmentNames() throws Exception {
        Path second = KubeconfigFile.write(
                folder.resolve("two"), kubeconfig("x").token("second").text("two"));
        Path first = KubeconfigFile.write(
                folder.resolve("one"),
                kubeconfig("x").token("first").text("one").replace("user: one}", "user: two}"));
        variables.put("KUBECONFIG", folder.resolve("missing") + "::" + first + ":" + second);

        assertThat(authorization(credentials((Path) null).load())).isEqualTo("Bearer second");
        assertThat(authorization(credentials(new ClusterCredentials.Settings(null, "two", null))
                        .load()))
                .isEqualTo("Bearer second");
    }

    @Test
    void saysWhenNothingThatTheEnvironmentNamesIsThere() {
        variables.put("KUBECONFIG", folder.resolve("missing").toString());

        assertRefused(credentials((Path) null), folder.resolve("missing") + " does not exist");
    }

    @Test
    void takesTheNameOfTheServersFromTheSettingsThenTheKubeconfig() throws Exception {
        Path file = kubeconfig("config")
                .cluster("tls-server-name", "api.example.com")
                .write();

        assertThat(credentials(file).load().serverName()).isEqualTo("api.example.com");
        assertThat(credentials(new ClusterCredentials.Settings(file, null, "10.0.0.1"))
                        .load()
                        .serverName())
                .isEqualTo("10.0.0.1");
        assertRefused(credentials(new ClusterCredentials.Settings(file, null, "a b")), "neither a DNS name");
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256"})
    void readsClientCertificatesAsDataAndAsFiles(Algorithm algorithm) throws Exception {
        X509Bundle client = AUTHORITY.client(algorithm);
        KubeconfigFile.write(folder.resolve("pki/ca.crt"), AUTHORITY.pem());
        KubeconfigFile.write(folder.resolve("pki/client.crt"), client.getCertificatePathPEM());
        KubeconfigFile.write(folder.resolve("pki/client.key"), client.getPrivateKeyPEM());
        Path data = kubeconfig("data").client(client).write();
        Path files = new KubeconfigFile(folder.resolve("files"))
                .cluster("certificate-authority", "pki/ca.crt")
                .user("client-certificate", "pki/client.crt")
                .user("client-key", folder.resolve("pki/client.key").toString())
                .write();

        KnownCluster ofData = credentials(data).load();
        KnownCluster ofFiles = credentials(files).load();

        assertThat(ofData.sharesConnectionsWith(ofFiles)).isTrue();
        assertThat(ofData.access().toString()).contains("client certificate (hidden)");
        assertThat(ofData.server().text()).isEqualTo("https://10.0.0.1:6443");
    }

    @Test
    void readsATokenFileRatherThanAToken() throws Exception {
        KubeconfigFile.write(folder.resolve("token"), " of-the-file \n");

        Path file =
                kubeconfig("config").token("other").user("tokenFile", "token").write();

        assertThat(authorization(credentials(file).load())).isEqualTo("Bearer of-the-file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        certificate-authority-data | | has no certificate-authority; credentials are for verified servers only
        certificate-authority-data | 'c2VzYW1l' | certificate-authority-data of cluster "test"
        certificate-authority | missing.crt | missing.crt does not exist
        insecure-skip-tls-verify | true | has insecure-skip-tls-verify
        server | 'http://user:sesame@10.0.0.1' | server of cluster "test"
        server | 'https://user:sesame@10.0.0.1' | is not the URL of a server
        tls-server-name | 'a b' | tls-server-name of cluster "test"
        """)
    void refusesClustersThatCannotBeVerified(String field, @Nullable String value, String message) {
        KubeconfigFile file = kubeconfig("config").token("sesame").cluster(field, value);
        if (field.equals("certificate-authority")) {
            file.cluster("certificate-authority-data", null);
        }

        assertRefused(credentials(file.write()), message);
    }

    @Test
    void refusesUsersThatAreIncomplete() {
        X509Bundle client = AUTHORITY.client(Algorithm.ecp256);

        assertRefused(
                credentials(kubeconfig("a")
                        .client(client)
                        .user("client-key-data", null)
                        .write()),
                "has a client-certificate without its key");
        assertRefused(
                credentials(kubeconfig("b")
                        .client(AUTHORITY.client(Algorithm.ecp256))
                        .user("client-key-data", null)
                        .user("client-key", "config")
                        .write()),
                "config does not exist");
        assertRefused(credentials(kubeconfig("c").token("'sesame sesame'").write()), "token of user \"test\"");
        assertRefused(credentials(kubeconfig("d").user("username", "a").write()), "has an auth-provider or a password");
    }

    @Test
    void saysWhatAKubeconfigLacks() {
        Path file = kubeconfig("config").token("sesame").write();
        Path noCluster = KubeconfigFile.write(
                folder.resolve("no-cluster"),
                kubeconfig("x").text("test").replace("cluster: test,", "cluster: other,"));
        Path noContext = KubeconfigFile.write(
                folder.resolve("no-context"), kubeconfig("x").text("test").replace("current-context: test", ""));

        assertRefused(
                credentials(new ClusterCredentials.Settings(file, "other", null)), file + " has no context \"other\"");
        assertRefused(credentials(noCluster), noCluster + " has no cluster \"other\"");
        assertRefused(credentials(noContext), noContext + " names no current-context");
        assertRefused(credentials(folder.resolve("missing")), folder.resolve("missing") + " does not exist");
        assertRefused(credentials(folder), folder + " is not a regular file");
        assertRefused(
                credentials(KubeconfigFile.write(folder.resolve("broken"), "users: [{token: sesame")),
                "broken is not a kubeconfig");
        assertRefused(credentials(KubeconfigFile.write(folder.resolve("text"), "sesame")), "text is not a kubeconfig");
    }

    @Test
    void saysWhichFileMakesNoSense() {
        Path file = kubeconfig("config")
                .user("exec", "{apiVersion: client.authentication.k8s.io/v1}")
                .write();

        assertRefused(credentials(file), file + " cannot be made sense of");
    }

    @Test
    void readsAgainWhenAFileChanges() throws Exception {
        inAPod();
        ClusterCredentials credentials = credentials((Path) null);
        KnownCluster before = credentials.load();
        assertThat(credentials.current(reports::add)).isSameAs(before);

        KubeconfigFile.write(folder.resolve("pod/token"), "rotated\n");

        KnownCluster after = credentials.current(reports::add);
        assertThat(authorization(after)).isEqualTo("Bearer rotated");
        assertThat(after.sharesConnectionsWith(before)).isTrue();
        KubeconfigFile.write(folder.resolve("pod/ca.crt"), new TestAuthority("next-ca").pem());
        assertThat(credentials.current(reports::add).sharesConnectionsWith(before))
                .isFalse();
        assertThat(reports).isEmpty();
    }

    @Test
    void keepsWhatWasGoodAndTellsOnce() throws Exception {
        inAPod();
        ClusterCredentials credentials = credentials((Path) null);
        KnownCluster good = credentials.load();

        Files.delete(folder.resolve("pod/token"));

        assertThat(credentials.current(reports::add)).isSameAs(good);
        assertThat(credentials.current(reports::add)).isSameAs(good);
        assertThat(reports)
                .containsExactly(
                        folder.resolve("pod/token") + " does not exist; the credentials read before stay in use");
        KubeconfigFile.write(folder.resolve("pod/token"), "back");
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer back");
    }

    private Path program(String script) throws IOException {
        Path program = folder.resolve("bin/plugin");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return kubeconfig("config")
                .user(
                        "exec",
                        "{apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, args: [one], env: [{name:"
                                + " A, value: b}]}")
                .write();
    }

    private static String answer(String status) {
        return "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":"
                + status + "}'\n";
    }

    @Test
    void asksAProgramAgainWhenItsAnswerExpiresOrIsRefused() throws Exception {
        String expiry = clock.instant().plus(Duration.ofMinutes(10)).toString();
        Path file = program("echo noise >&2\necho x >> " + folder + "/calls\nTOKEN=$1-$A-$(wc -l < " + folder
                + "/calls)\n" + answer("{\"token\":\"'$TOKEN'\",\"expirationTimestamp\":\"" + expiry + "\"}"));
        ClusterCredentials credentials = credentials(file);

        assertThat(authorization(credentials.load())).isEqualTo("Bearer one-b-1");
        clock.advance(Duration.ofMinutes(9));
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer one-b-1");
        clock.advance(Duration.ofMinutes(1));
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer one-b-2");
        credentials.refused();
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer one-b-2");
        clock.advance(Duration.ofSeconds(30));
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer one-b-3");
        assertThat(reports).isEmpty();
    }

    @Test
    void asksAProgramAgainInTimeThoughTheClockIsSetBack() throws Exception {
        Path file = program("echo x >> " + folder + "/calls\nTOKEN=$(wc -l < " + folder + "/calls)\n"
                + answer("{\"token\":\"'$TOKEN'\"}"));
        ClusterCredentials credentials = credentials(file);
        credentials.load();

        clock.set(Duration.ofDays(-20_000));
        credentials.refused();
        clock.advance(Duration.ofSeconds(29));
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer 1");
        clock.advance(Duration.ofSeconds(1));

        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer 2");
    }

    @Test
    void runsAProgramThatFailsNotWithEveryLook() throws Exception {
        ClusterCredentials credentials = credentials(program("echo x >> " + folder + "/calls\nexit 3\n"));
        assertRefused(credentials, "failed with exit code 3");

        for (int i = 0; i < 7; i++) {
            assertThatThrownBy(() -> credentials.current(reports::add)).hasMessageContaining("failed with exit code 3");
            clock.advance(Duration.ofSeconds(5));
        }

        assertThat(folder.resolve("calls")).hasContent("x\nx");
        program(answer("{\"token\":\"repaired\"}"));
        assertThat(authorization(credentials.current(reports::add))).isEqualTo("Bearer repaired");
    }

    @Test
    void keepsWhatAProgramGaveWhileItFailsAndRunsItSeldom() throws Exception {
        String expiry = clock.instant().plus(Duration.ofMinutes(2)).toString();
        Path file = program("echo x >> " + folder + "/calls\n[ ! -e " + folder + "/broken ] || exit 3\n"
                + answer("{\"token\":\"good\",\"expirationTimestamp\":\"" + expiry + "\"}"));
        ClusterCredentials credentials = credentials(file);
        KnownCluster good = credentials.load();
        Files.createFile(folder.resolve("broken"));

        clock.advance(Duration.ofMinutes(3));
        for (int i = 0; i < 7; i++) {
            credentials.refused();
            assertThat(credentials.current(reports::add)).isSameAs(good);
            clock.advance(Duration.ofSeconds(5));
        }

        assertThat(folder.resolve("calls")).hasContent("x\nx\nx");
        assertThat(reports).singleElement().asString().contains("failed with exit code 3");
    }

    @Test
    void tellsTheServerWithoutRunningAProgram() throws Exception {
        ClusterCredentials credentials = credentials(program("echo x >> " + folder + "/calls\nexit 3\n"));

        assertThat(credentials.server().server()).isEqualTo(new ServerAddress("10.0.0.1", 6443));

        assertThat(folder.resolve("calls")).doesNotExist();
    }

    @Test
    void checksTheFilesBeforeItTellsTheServer() {
        Path file = kubeconfig("config").user("tokenFile", "missing").write();

        assertThatThrownBy(() -> credentials(file).server())
                .isInstanceOf(CredentialsException.class)
                .hasMessageContaining("missing does not exist");
    }

    @Test
    @Timeout(20)
    void doesNotWaitForEverForAProgram() throws Exception {
        Path file = program("sleep 600\n");
        Kubeconfig kubeconfig = new Kubeconfig(List.of(file), null, null, Duration.ofMillis(300));

        assertThatThrownBy(() -> kubeconfig.read(clock.instant(), new FilesRead(), true))
                .isInstanceOf(CredentialsException.class)
                .hasMessageContaining("did not end within");
    }

    @Test
    void saysWhatIsWrongWithAProgram() throws Exception {
        assertRefused(credentials(program("echo sesame; exit 3\n")), "failed with exit code 3");
        assertRefused(credentials(program("echo sesame\n")), "gives an answer that cannot be read");
        assertRefused(credentials(program(answer("{}"))), "gives neither a token nor a client certificate");
        assertRefused(credentials(program("echo '{\"apiVersion\":\"sesame\"}'")), "does not answer with");
        Path file = program("");
        Files.delete(folder.resolve("bin/plugin"));
        assertRefused(credentials(file), "cannot be run");
    }
}
