package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.testing.FollowedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ServiceManagerTest {
    private static final long PID = 4711;

    @TempDir
    private Path folder;

    private final Events events = new Events(InstantSource.system());

    private String path() {
        return folder.resolve("notify").toString();
    }

    private ServiceManager manager(Map<String, String> environment) {
        return ServiceManager.of(environment, PID, events);
    }

    private List<String> warnings() {
        return events.latest().stream().map(Event::message).toList();
    }

    private void tellsThatItIsReady(String address) {
        try (NotifyReceiver receiver = NotifyReceiver.at(address);
                ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", address))) {
            manager.ready(() -> Duration.ZERO);
            manager.stopping();

            await().until(() -> receiver.received().size() == 2);
            assertThat(receiver.received()).containsExactly("READY=1", "STOPPING=1\nSTATUS=stopping");
            assertThat(warnings()).isEmpty();
        }
    }

    @Test
    void tellsThatItIsReadyAndThatItStopsAtAPath() {
        tellsThatItIsReady(path());
    }

    @Test
    void tellsThatItIsReadyAndThatItStopsAtAnAbstractAddress() {
        tellsThatItIsReady("@apiserver-lb-test/" + UUID.randomUUID());
    }

    @Test
    void showsHowManyServersAreUsableOnce() {
        ServerPool pool = FollowedCluster.of(List.of(), address -> false, InstantSource.system(), () -> 0, events)
                .pool();
        List<ServerAddress> servers = FollowedCluster.servers("10.0.0.1", "10.0.0.2");
        pool.change(new ListChange.Replace(servers), OptionalLong.empty(), "test");
        try (NotifyReceiver receiver = NotifyReceiver.at(path());
                ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", path()))) {
            manager.show(pool.list());
            manager.show(pool.list());
            pool.subscribe(manager::show);
            for (ServerAddress server : servers) {
                pool.change(new ListChange.Patch(server, AdminState.DRAIN, null), OptionalLong.empty(), "test");
                pool.change(new ListChange.Patch(server, AdminState.MAINT, null), OptionalLong.empty(), "test");
            }

            await().untilAsserted(() -> assertThat(receiver.received())
                    .containsExactly(
                            "STATUS=2 of 2 servers usable",
                            "STATUS=1 of 2 servers usable",
                            "STATUS=0 of 2 servers usable, mode last-resort"));
        }
    }

    @Test
    void saysThatAllIsWellAsLongAsEveryEventLoopTurns() {
        AtomicInteger asked = new AtomicInteger();
        int turning = 5;
        try (NotifyReceiver receiver = NotifyReceiver.at(path());
                ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", "10000"))) {
            manager.ready(() -> asked.incrementAndGet() <= turning ? Duration.ofSeconds(29) : Duration.ofSeconds(30));

            await().until(() -> asked.get() > 3 * turning);
            manager.stopping();
            await().until(() -> receiver.received().contains("STOPPING=1\nSTATUS=stopping"));
            assertThat(Collections.frequency(receiver.received(), "WATCHDOG=1")).isEqualTo(turning);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "20000000, 4711, 10s",
        "20000000, , 10s",
        "1, 4711, 500ns",
        "20000000, 4712, ",
        "0, 4711, ",
        "soon, 4711, ",
        "-5, , "
    })
    void saysSoTwiceInTheTimeThatItIsGiven(String micros, String pid, String pause) {
        Map<String, String> environment =
                pid == null ? Map.of("WATCHDOG_USEC", micros) : Map.of("WATCHDOG_USEC", micros, "WATCHDOG_PID", pid);

        assertThat(ServiceManager.watchdog(environment, PID))
                .isEqualTo(Optional.ofNullable(pause)
                        .map(text -> text.endsWith("ns") ? Duration.ofNanos(500) : Duration.ofSeconds(10)));
    }

    @Test
    void doesNothingWhereNobodyAsks() {
        try (ServiceManager manager = manager(Map.of("WATCHDOG_USEC", "10000", "NOTIFY_SOCKET", ""))) {
            manager.ready(() -> {
                throw new AssertionError("nobody wants to know");
            });
            manager.stopping();

            assertThat(warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere/notify", "@nobody-is-here", "vsock:2:1234", "notify"})
    void goesOnWhereNobodyCanBeReached(String address) {
        try (ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "10000"))) {
            manager.ready(() -> Duration.ZERO);
            manager.stopping();

            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .startsWith("the service manager cannot be told anything at NOTIFY_SOCKET=" + address + ": ");
        }
    }

    @Test
    void saysOnceThatTheOtherSideIsGone() {
        NotifyReceiver receiver = NotifyReceiver.at(path());
        try (ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", "10000"))) {
            receiver.close();
            AtomicInteger asked = new AtomicInteger();
            manager.ready(() -> {
                asked.incrementAndGet();
                return Duration.ZERO;
            });

            await().until(() -> asked.get() > 3);
            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .startsWith("the service manager could not be told something: ");
        }
    }

    @Test
    void waitsForRoomAndKeepsTheOrder() throws Exception {
        List<String> messages = IntStream.range(0, 2000).mapToObj(i -> "X=" + i).toList();
        try (NotifyReceiver receiver = NotifyReceiver.at(path());
                NotifySocket socket = NotifySocket.connect(path())) {
            receiver.read(false);

            messages.forEach(message -> socket.send(message, cause -> {
                throw new AssertionError(cause);
            }));
            receiver.read(true);

            await().until(() -> receiver.received().size() == messages.size());
            assertThat(receiver.received()).isEqualTo(messages);
        }
    }
}
