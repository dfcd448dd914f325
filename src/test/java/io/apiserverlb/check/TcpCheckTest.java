package io.apiserverlb.check;

import static io.apiserverlb.check.CheckedServers.settings;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.testing.HeldPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TcpCheckTest {
    private static final Checker.Settings TCP = settings(CheckResult.Type.TCP);

    @Test
    void passesWhenTheServerAccepts() throws Exception {
        try (ScriptedServer server = new ScriptedServer((connection, number) -> {});
                CheckedServers servers = servers(TCP, server.address())) {
            CheckReport report = servers.first(server.address());

            assertThat(report.result().type()).isEqualTo(CheckResult.Type.TCP);
            assertThat(report.result().code()).isEqualTo(Code.L4OK);
            assertThat(report.result().detail()).isEqualTo("ok");
            assertThat(report.result().status()).isNull();
            assertThat(report.certificate()).isNull();
            assertThat(report.connect())
                    .isNotNull()
                    .isBetween(Duration.ofNanos(1), report.result().duration());
        }
    }

    @Test
    void endsItsConnectionsWithResetSoThatNoPortIsLeftInTimeWait() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer((connection, number) -> read(connection, read));
                CheckedServers servers = servers(TCP, server.address())) {
            servers.first(server.address());

            assertThat(read).failsWithin(5, SECONDS).withThrowableThat().withMessageContaining("Connection reset");
        }
    }

    private static void read(Socket connection, CompletableFuture<Integer> result) throws Exception {
        try {
            result.complete(connection.getInputStream().read());
        } catch (SocketException e) {
            result.completeExceptionally(e);
        }
    }

    @Test
    void failsWhenTheServerRefuses() throws Exception {
        try (HeldPort server = new HeldPort();
                CheckedServers servers = servers(TCP, server.address())) {
            CheckResult result = servers.first(server.address()).result();

            assertThat(result.code()).isEqualTo(Code.L4CON);
            assertThat(result.detail()).isEqualTo("connection refused");
        }
    }

    @Test
    void failsWhenNothingIsHeardWithinTheTimeout() throws Exception {
        Duration timeout = Duration.ofMillis(300);
        Queue<Channel> channels = new ConcurrentLinkedQueue<>();
        Bootstrap remembering = new Bootstrap().channelFactory(() -> {
            Channel channel = new NioSocketChannel();
            channels.add(channel);
            return channel;
        });
        try (FullServer server = new FullServer();
                CheckedServers servers = new CheckedServers(
                        settings(CheckResult.Type.TCP, timeout),
                        ClientFiles.trustingNobody(),
                        remembering,
                        UnaryOperator.identity(),
                        server.address())) {
            CheckResult result = servers.firstOf(Code.L4TOUT, server.address());

            assertThat(result.detail()).isEqualTo("no connection within 300ms");
            assertThat(result.duration()).isBetween(timeout, timeout.multipliedBy(5));
            assertThat(channels.remove().closeFuture().await(5, SECONDS)).isTrue();
        }
    }

    @Test
    void holdsNothingAgainstAServerWhenNoSocketIsToBeHad() throws Exception {
        ServerAddress server = new ServerAddress("127.0.0.1", 6443);
        Bootstrap withoutSockets = new Bootstrap().channelFactory(() -> {
            throw new ChannelException("Unable to open a socket", new SocketException("Too many open files"));
        });
        try (CheckedServers servers = new CheckedServers(
                TCP, ClientFiles.trustingNobody(), withoutSockets, UnaryOperator.identity(), server)) {
            CheckResult result = servers.result(server, 3);

            assertThat(result.code()).isEqualTo(Code.SOCKERR);
            assertThat(result.detail()).contains("Too many open files");
            assertThat(servers.server(server).state()).isEqualTo(ServerState.UNCHECKED);
            assertThat(servers.server(server).usable()).isTrue();
        }
    }

    private static CheckedServers servers(Checker.Settings settings, ServerAddress server) {
        return new CheckedServers(settings, ClientFiles.trustingNobody(), server);
    }
}
