package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Rejection;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.TrafficListener;
import io.apiserverlb.testing.FollowedCluster;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private final EmbeddedChannel time = new EmbeddedChannel();
    private final Events events = new Events(InstantSource.system());
    private final List<Rejection> rejections = new ArrayList<>();
    private final Door door = new Door();
    private boolean scarce;
    private Acceptor acceptor;

    @BeforeEach
    void open() {
        time.freezeTime();
        ServerPool pool = FollowedCluster.of(
                        List.of(SeedUrl.parse("https://10.0.0.9:6443")),
                        address -> false,
                        InstantSource.system(),
                        System::nanoTime,
                        events)
                .pool();
        pool.subscribe(new TrafficListener() {
            @Override
            public void rejected(Rejection reason) {
                rejections.add(reason);
            }
        });
        acceptor = new Acceptor(10, client -> true, client -> {}, time.eventLoop(), pool, events, () -> scarce);
        acceptor.add(door);
    }

    @AfterEach
    void close() {
        time.close();
    }

    private void pass(long millis) {
        time.runPendingTasks();
        time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        time.runScheduledPendingTasks();
    }

    private Client enter() {
        Client client = new Client(time.eventLoop());
        assertThat(acceptor.admit(client)).isTrue();
        return client;
    }

    private List<String> told() {
        return events.latest().stream().map(Event::message).toList();
    }

    /** As the listener tells it: before the client is let in. */
    private Client enterWithTheLastDescriptor() {
        acceptor.scarce();
        return enter();
    }

    private long rejected() {
        return rejections.stream().filter(Rejection.RESOURCES::equals).count();
    }

    @Test
    void letsAnotherInAsSoonAsWhatOneHadThatLeftIsFree() {
        Client client = enterWithTheLastDescriptor();
        assertThat(door.open).isFalse();
        assertThat(acceptor.admittance().verdict()).isEqualTo(Admittance.Verdict.WAITS);

        client.leave();
        pass(9);
        assertThat(door.open).as("its connection to the server is being closed").isFalse();
        pass(1);
        assertThat(door.open).isTrue();
        assertThat(acceptor.admittance()).isEqualTo(Admittance.ADMITTED);
    }

    @Test
    void letsNoMoreInThanThereWereWhenDescriptorsWereFew() {
        enter();
        Client client = enterWithTheLastDescriptor();
        for (int i = 0; i < 3; i++) {
            client.leave();
            pass(10);
            assertThat(door.open).isTrue();

            client = enter();
            assertThat(door.open).as("and no descriptor tells so").isFalse();
        }
        assertThat(rejected()).isOne();
    }

    @Test
    void letsMoreInWhenOthersHaveGivenDescriptorsBack() {
        enterWithTheLastDescriptor();
        pass(1_000);
        assertThat(door.open).isTrue();

        enter();

        assertThat(door.open).isTrue();
    }

    @Test
    void letsMoreInThoughClientsComeAndGoAllTheTime() {
        Client client = enterWithTheLastDescriptor();
        for (int i = 0; i < 9; i++) {
            pass(100);
            client.leave();
            pass(10);
            client = enter();
            assertThat(door.open).isFalse();
        }

        pass(10);

        assertThat(door.open).isTrue();
        enter();
        assertThat(door.open).isTrue();
    }

    @Test
    void looksOnceASecondWhileThereIsNone() {
        Client client = enterWithTheLastDescriptor();
        scarce = true;
        client.leave();
        pass(10);
        pass(990);
        assertThat(rejected()).isEqualTo(2);
        scarce = false;
        pass(999);
        assertThat(door.open).isFalse();

        pass(1);

        assertThat(door.open).isTrue();
        assertThat(rejected()).isEqualTo(2);
    }

    @Test
    void looksOnceMoreForOneThatLeavesWhileAnotherIsLeaving() {
        Client first = enter();
        Client last = enterWithTheLastDescriptor();
        scarce = true;
        last.leave();
        pass(9);
        first.leave();
        pass(1);
        scarce = false;
        assertThat(door.open).isFalse();

        pass(10);

        assertThat(door.open).isTrue();
    }

    /** Who could not be served leaves, and the next one could not, either. */
    @Test
    void waitsItsSecondWhereDescriptorsAreNotWhatIsMissing() {
        Client client = enter();
        acceptor.unserved();
        pass(0);
        assertThat(door.open).isFalse();
        client.leave();
        pass(999);
        assertThat(door.open).isFalse();
        pass(1);
        assertThat(door.open).isTrue();

        client = enter();
        acceptor.failed(new IOException("Cannot allocate memory"));
        client.leave();
        pass(999);
        assertThat(door.open).isFalse();
        pass(1);
        assertThat(door.open).isTrue();
    }

    @Test
    void letsAnotherInWhenOneLeavesAfterTheKernelHadNoDescriptor() {
        Client client = enter();
        scarce = true;
        acceptor.failed(new IOException("Too many open files"));
        scarce = false;
        client.leave();

        pass(10);

        assertThat(door.open).isTrue();
    }

    @Test
    void isOpenToAllOnceNobodyHasWaitedForAWhile() {
        Client client = enterWithTheLastDescriptor();
        client.leave();
        pass(10);
        pass(10_000);

        enter();
        enter();

        assertThat(door.open).isTrue();
    }

    @Test
    void tellsOnceThatClientsWaitAndOnceThatNoneDoes() {
        Client client = enterWithTheLastDescriptor();
        client.leave();
        pass(10);
        pass(9_000);
        client = enter();
        assertThat(door.open).isFalse();
        client.leave();
        pass(10);
        pass(9_999);
        assertThat(told()).singleElement().asString().startsWith("cannot accept clients, who wait");

        pass(1);

        assertThat(told()).hasSize(2).contains("all clients are accepted again");
    }

    private static final class Door implements Listener {
        private boolean open;

        @Override
        public void accept(boolean wanted) {
            open = wanted;
        }

        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(0);
        }

        @Override
        public int descriptor() {
            return 3;
        }

        @Override
        public void close() {}
    }

    /** Comes and goes. */
    private static final class Client implements Leg {
        private final EventLoop loop;
        private Runnable left = () -> {};

        Client(EventLoop loop) {
            this.loop = loop;
        }

        void leave() {
            left.run();
        }

        @Override
        public void whenClosed(Runnable task) {
            left = task;
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }

        @Override
        public InetSocketAddress local() {
            return remote();
        }

        @Override
        public void owner(Owner owner) {}

        @Override
        public void whenConnected(Consumer<@Nullable Throwable> done) {}

        @Override
        public void read(boolean wanted) {}

        @Override
        public void passOnTo(Leg peer) {}

        @Override
        public void write(ByteBuf bytes) {}

        @Override
        public boolean isBlocked() {
            return false;
        }

        @Override
        public void endOutput() {}

        @Override
        public @Nullable TcpInfo tcpInfo() {
            return null;
        }

        @Override
        public void userTimeout(int millis) {}

        @Override
        public boolean endsAtClose() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close(boolean reset) {}
    }
}
