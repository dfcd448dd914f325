package io.apiserverlb.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.testing.Background;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HandoverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String STATE = """
            {
              "ServerURL": "https://10.0.0.9:6443"
            }""";

    private final String name = "test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private ServerSocketChannel listening;
    private Handover handover;

    private final class RecordingEstate implements Estate {
        @Override
        public String settle() {
            done.add("settle");
            return STATE;
        }

        @Override
        public List<Integer> listeners() {
            try {
                return List.of(ForeignSockets.descriptor(listening));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void leave(Set<Integer> listeners) {
            done.add(listeners.isEmpty() ? "leave nothing" : "leave");
        }

        @Override
        public void takeBack() {
            done.add("take back");
        }
    }

    @BeforeEach
    void listen() throws IOException {
        listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        handover = handover(PATIENCE);
    }

    private Handover handover(Duration patience) {
        return new Handover(name, "blue", loops.next(), new RecordingEstate(), patience, reports::add);
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Optional<Takeover> begin() throws HandoverException {
        return Takeover.begin(name, loops, PATIENCE);
    }

    private void awaitDone(String... expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly(expected));
    }

    @Test
    void takesOverFromNobody() throws Exception {
        assertThat(begin()).isEmpty();
    }

    @Test
    void takesOverTheStateAndTheListeners() throws Exception {
        handover.open();

        Takeover takeover = begin().orElseThrow();

        assertThat(takeover.state()).isEqualToIgnoringWhitespace(STATE);
        assertThat(takeover.instance()).isEqualTo("blue");
        assertThat(takeover.descriptors()).hasSize(1);
        int descriptor = takeover.descriptors().get(0);
        assertThat(new Socket(descriptor).localAddress()).isEqualTo(listening.getLocalAddress());
        assertThat(done).containsExactly("settle");
        takeover.complete(Set.copyOf(takeover.descriptors()));
        assertThat(done).containsExactly("settle", "leave");
        listening.close();
        try (ServerSocketChannel taken = ForeignSockets.channel(descriptor);
                SocketChannel client = SocketChannel.open(taken.getLocalAddress());
                SocketChannel accepted = taken.accept()) {
            assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
        takeover.close();
    }

    @Test
    void letsTheNextOneHandOverOnceItIsComplete() throws Exception {
        handover.open();
        Takeover takeover = begin().orElseThrow();
        takeover.complete(Set.copyOf(takeover.descriptors()));

        Handover next = handover(PATIENCE);
        next.open();
        Takeover third = begin().orElseThrow();

        assertThat(done).containsExactly("settle", "leave", "settle");
        third.close();
        awaitDone("settle", "leave", "settle", "take back");
        takeover.close();
    }

    @Test
    void leavesThoseToTheOtherThatItUses() throws Exception {
        handover.open();
        Takeover takeover = begin().orElseThrow();

        takeover.complete(Set.of());

        assertThat(done).containsExactly("settle", "leave nothing");
    }

    @Test
    void goesOnIfTheProcessBeforeEndsInTheMiddle() throws Exception {
        MultiThreadIoEventLoopGroup itsLoops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new Handover(name, "blue", itsLoops.next(), new RecordingEstate(), PATIENCE, reports::add).open();
        Takeover takeover = begin().orElseThrow();

        itsLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();

        takeover.complete(Set.copyOf(takeover.descriptors()));
        assertThat(takeover.isOpen()).isFalse();
    }

    @Test
    @Timeout(40)
    void doesNotTakeBackWhatAThirdOneHas() throws Exception {
        handover.open();
        Takeover second = begin().orElseThrow();
        second.complete(Set.copyOf(second.descriptors()));
        Handover third = new Handover(name, "blue", loops.next(), new RecordingEstate(), PATIENCE, reports::add);
        third.open();

        second.close();

        // It tries for some five seconds where the machine has nothing else to do.
        await().atMost(Duration.ofSeconds(18))
                .until(() -> reports.contains("the process that took over has ended, and another one serves already"));
        assertThat(done).containsExactly("settle", "leave");
    }

    @Test
    void saysNothingToAnotherUser() throws Exception {
        Assumptions.assumeTrue(Meeting.ownUser() == 0, "only root can be another user: this test is skipped");
        handover.open();

        String heard = asNobody("""
                socket(S, PF_UNIX, SOCK_STREAM, 0) or die;
                connect(S, pack_sockaddr_un("\\0apiserver-lb/" . shift(@ARGV))) or die $!;
                send(S, "take-over 1\\n", MSG_NOSIGNAL);
                print "heard ", <S>;
                """);

        assertThat(heard).isEqualTo("heard ");
        assertThat(done).isEmpty();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reports)
                        .singleElement()
                        .asString()
                        .startsWith("a process that wants to take over is not trusted: "));
    }

    private String asNobody(String script) throws Exception {
        Process process = new ProcessBuilder(
                        "setpriv", "--reuid=65534", "--clear-groups", "perl", "-MSocket", "-e", script, name)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void takesBackWhatIsNotCompleted() throws Exception {
        handover.open();
        Takeover takeover = begin().orElseThrow();

        takeover.close();

        awaitDone("settle", "take back");
        assertThat(begin()).isPresent();
    }

    @Test
    void takesBackWhenTheNextOneEnds() throws Exception {
        handover.open();
        Takeover takeover = begin().orElseThrow();
        takeover.complete(Set.copyOf(takeover.descriptors()));

        takeover.close();

        awaitDone("settle", "leave", "take back");
        await().atMost(PATIENCE).until(() -> begin().isPresent());
    }

    @Test
    void takesBackFromOneThatDoesNotComeToServe() throws Exception {
        handover = handover(Duration.ofSeconds(2)); // in which the other one has to have all that it is offered
        handover.open();

        Takeover takeover = begin().orElseThrow();

        awaitDone("settle", "take back");
        assertThatThrownBy(() -> takeover.complete(Set.of()))
                .isInstanceOf(HandoverException.class)
                .hasMessage("the process before refuses: the other process has waited for too long, and serves again");
    }

    @Test
    void refusesASecondOne() throws Exception {
        handover.open();
        Takeover first = begin().orElseThrow();

        assertThatThrownBy(this::begin)
                .isInstanceOf(HandoverException.class)
                .hasMessage("the process before refuses: another process is taking over already");
        first.complete(Set.copyOf(first.descriptors()));
        assertThat(done).containsExactly("settle", "leave");
    }

    @Test
    void waitsAtItsEndForTheOneThatTakesOver() throws Exception {
        handover.open();
        Takeover takeover = begin().orElseThrow();

        CompletableFuture<Void> closing = Background.run(handover::close);
        await().during(Duration.ofMillis(100)).until(() -> !closing.isDone());
        takeover.complete(Set.copyOf(takeover.descriptors()));

        closing.get(5, TimeUnit.SECONDS);
        takeover.close();
        assertThat(begin()).isEmpty();
        assertThat(done).containsExactly("settle", "leave");
    }

    @Test
    void opensAsSoonAsTheNameIsFree() throws Exception {
        handover.open();
        Handover second = handover(PATIENCE);
        second.open();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reports)
                        .singleElement()
                        .asString()
                        .startsWith("no process can take over from this one: "));

        handover.close();

        await().atMost(PATIENCE).until(() -> begin().isPresent());
        assertThat(reports).hasSize(2);
    }
}
