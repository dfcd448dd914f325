package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.demo.DemoIdentity;
import io.apiserverlb.demo.DemoServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients through the balancer to TLS servers that demand an EC client certificate. */
class ClientsIT {
    @TempDir
    static Path folder;

    private static final MultiThreadIoEventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final List<DemoServer> SERVERS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static Service service;

    @BeforeAll
    static void start() throws Exception {
        DemoAuthority authority = new DemoAuthority(InstantSource.system(), new SecureRandom());
        for (int number = 1; number <= 2; number++) {
            DemoServer server = new DemoServer(
                    DemoServer.Settings.of(number, authority)
                            .withClientCertificate(DemoServer.ClientCertificate.REQUIRED),
                    LOOPS);
            server.start();
            SERVERS.add(server);
        }
        DemoIdentity client = authority.issueClient("CN=tester");
        Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
        Files.writeString(folder.resolve("client.crt"), client.certificatePem());
        Files.writeString(folder.resolve("pkcs8.key"), client.privateKeyPem());
        Files.writeString(folder.resolve("sec1.key"), client.sec1PrivateKeyPem());
        service = Service.start(
                folder,
                "--lb.server-addresses="
                        + SERVERS.stream().map(DemoServer::address).collect(Collectors.joining(",")),
                "--lb.policy=round-robin",
                "--lb.check.ca-file=ca.crt",
                "--lb.check.client-certificate=client.crt",
                "--lb.check.client-key=sec1.key");
    }

    @AfterAll
    static void stop() {
        service.close();
        SERVERS.forEach(DemoServer::close);
        LOOPS.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs8.key", "sec1.key"})
    void curlReachesTheServersWithItsClientCertificate(String key) throws Exception {
        Client.require("curl");

        Client.Result result = Client.run(
                folder, Map.of(), "curl", "-sS", "--cacert", "ca.crt", "--cert", "client.crt", "--key", key, url());

        assertThat(result).isEqualTo(new Client.Result(0, "ok"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs8.key", "sec1.key"})
    void wgetReachesTheServersWithItsClientCertificate(String key) throws Exception {
        Client.require("wget");

        Client.Result result = Client.run(
                folder,
                Map.of(),
                "wget",
                "-q",
                "-O",
                "-",
                "--ca-certificate=ca.crt",
                "--certificate=client.crt",
                "--private-key=" + key,
                url());

        assertThat(result).isEqualTo(new Client.Result(0, "ok"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs8.key", "sec1.key"})
    void kubectlReachesTheServersWithItsClientCertificate(String key) throws Exception {
        Client.require("kubectl");
        Files.writeString(folder.resolve("kubeconfig"), kubeconfig(key));

        Client.Result ready = kubectl("get", "--raw", "/readyz");
        Client.Result versions = kubectl("api-versions");

        assertThat(ready).isEqualTo(new Client.Result(0, "ok"));
        assertThat(versions.output()).contains("v1");
        assertThat(versions.exitCode()).isZero();
    }

    @Test
    void aClientWithoutACertificateIsRefusedByTheServerAndNotByTheBalancer() throws Exception {
        Client.require("curl");

        Client.Result result = Client.run(folder, Map.of(), "curl", "-sS", "--cacert", "ca.crt", "--http1.1", url());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).containsIgnoringCase("alert");
    }

    private static Client.Result kubectl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", "kubeconfig"));
        command.addAll(List.of(arguments));
        return Client.run(folder, Map.of("HOME", folder.toString()), command.toArray(String[]::new));
    }

    private static String kubeconfig(String key) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}}]
                users: [{name: u, user: {client-certificate: client.crt, client-key: %s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(service.port(), key);
    }

    private static String url() {
        return "https://127.0.0.1:" + service.port() + "/readyz";
    }
}
