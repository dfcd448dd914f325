package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnservedLogTest {
    private static final ServerAddress ONE = new ServerAddress("127.0.0.1", 1);
    private static final ServerAddress TWO = new ServerAddress("127.0.0.1", 2);
    private static final DialFailure REFUSED = new DialFailure(ONE, ConnectFailure.REFUSED, "connection refused");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final UnservedLog log = new UnservedLog(nanos::get);
    private final SessionLines lines = new SessionLines();
    private final Balancer balancer = new Balancer.Builder().servers(1, 2).start();

    @AfterEach
    void close() {
        lines.close();
        balancer.close();
    }

    @Test
    void tellsWhatIsWrongWithEachServer() {
        log.warn(
                "10.0.0.9:1234",
                List.of(REFUSED, new DialFailure(TWO, ConnectFailure.TIMEOUT, "no answer")),
                servers());

        assertThat(lines.warnings())
                .containsExactly(
                        "10.0.0.9:1234 could not be served: 127.0.0.1:1 connection refused, 127.0.0.1:2 no answer");
    }

    @Test
    void tellsWhyAServerWasNotTried() {
        balancer.pool.change(new ListChange.Patch(TWO, AdminState.MAINT, null), OptionalLong.empty(), "test");

        log.warn("10.0.0.9:1234", List.of(REFUSED), servers());

        assertThat(lines.warnings())
                .containsExactly(
                        "10.0.0.9:1234 could not be served: 127.0.0.1:1 connection refused, 127.0.0.1:2 in maintenance");
    }

    @Test
    void tellsThatThereIsNoServer() {
        log.warn("10.0.0.9:1234", List.of(), List.of());

        assertThat(lines.warnings())
                .containsExactly("10.0.0.9:1234 could not be served: there is no server in the list");
    }

    @Test
    void warnsOnceASecondAndTellsHowManyThereWereInBetween() {
        for (int i = 0; i < 5; i++) {
            log.warn("10.0.0.9:" + i, List.of(), List.of());
        }
        nanos.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        log.warn("10.0.0.9:6", List.of(), List.of());
        assertThat(lines.warnings()).hasSize(1);

        nanos.addAndGet(1);
        log.warn("10.0.0.9:7", List.of(), List.of());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        log.warn("10.0.0.9:8", List.of(), List.of());

        assertThat(lines.warnings())
                .containsExactly(
                        "10.0.0.9:0 could not be served: there is no server in the list",
                        "10.0.0.9:7 could not be served: there is no server in the list (and 5 more since the last"
                                + " such line)",
                        "10.0.0.9:8 could not be served: there is no server in the list");
    }

    private Collection<Server> servers() {
        return balancer.pool.list().servers();
    }
}
