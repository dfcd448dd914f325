package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.ManualExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallerLimitsTest {
    private final ManualClock clock = new ManualClock();
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final CallerLimits limits = new CallerLimits(executor, clock::nanos);
    private final List<SocketChannel> callers = new ArrayList<>();
    private final List<SocketChannel> ends = new ArrayList<>();

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < CallerLimits.ROOM; i++) {
                ends.add(SocketChannel.open(listening.getLocalAddress()));
                callers.add(listening.accept());
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        executor.shutdownNow();
        for (SocketChannel caller : callers) {
            caller.close();
        }
        for (SocketChannel end : ends) {
            end.close();
        }
    }

    /** The first one was heard longest ago. */
    private void anotherArrives(List<SocketChannel> connected) {
        limits.makeRoom(connected, caller -> caller, callers::indexOf);
    }

    private List<Integer> letGo() {
        return callers.stream()
                .filter(caller -> caller.socket().isInputShutdown())
                .map(callers::indexOf)
                .toList();
    }

    @Test
    void leaveCallersAloneWhileThereIsRoom() {
        anotherArrives(callers.subList(1, callers.size()));

        assertThat(letGo()).isEmpty();
    }

    @Test
    void letTheOneGoThatWasSilentForLongest() {
        anotherArrives(callers);
        anotherArrives(callers); // the first one is as good as gone

        assertThat(letGo()).containsExactly(0);
    }

    @Test
    void letNobodyGoWhoIsServed() {
        limits.served(callers.get(0));

        anotherArrives(callers);

        assertThat(letGo()).containsExactly(1);
        limits.done();
    }

    @Test
    void endACallThatTakesTooLong() {
        limits.served(callers.get(0));

        executor.run(CallerLimits.TIME.minus(Duration.ofSeconds(2)));
        assertThat(letGo()).isEmpty();
        executor.run(Duration.ofSeconds(3));

        assertThat(letGo()).containsExactly(0);
        assertThat(callers.get(0).socket().isOutputShutdown()).isTrue();
    }

    @Test
    void endNoCallThatIsDoneAndNoStream() {
        limits.served(callers.get(0));
        limits.done();
        limits.served(callers.get(1));
        limits.unlimited();

        executor.run(CallerLimits.TIME.multipliedBy(2));
        anotherArrives(callers);

        assertThat(letGo()).containsExactly(0);
        limits.done();
    }
}
