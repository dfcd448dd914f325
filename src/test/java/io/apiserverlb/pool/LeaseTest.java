package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final TestPool pool = TestPool.managing(A, B);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void listen() {
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void connected(ServerAddress server, long nanos) {
                told.add("connected " + server + " after " + Duration.ofNanos(nanos));
            }

            @Override
            public void failedToConnect(ServerAddress server, ConnectFailure reason, long nanos) {
                told.add("failed " + server + " " + reason + " after " + Duration.ofNanos(nanos));
            }

            @Override
            public void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {
                told.add("ended " + server + " " + reason + " after " + Duration.ofNanos(nanos));
            }
        });
    }

    private Load load() {
        return pool.server(A).load();
    }

    @Test
    void countsASessionFromTheChoiceToItsEnd() {
        Lease lease = pool.take(B);
        assertThat(load().active()).isEqualTo(1);
        assertThat(load().total()).isZero();

        pool.clock.advance(Duration.ofMillis(3));
        lease.connected();
        lease.taken();
        assertThat(load().active()).isEqualTo(1);
        assertThat(load().total()).isEqualTo(1);

        pool.clock.advance(Duration.ofSeconds(60));
        lease.close(CloseReason.SERVER);
        assertThat(load().active()).isZero();
        assertThat(load().total()).isEqualTo(1);
        assertThat(load().failed()).isZero();
        assertThat(told)
                .containsExactly("connected " + A + " after PT0.003S", "ended " + A + " SERVER after PT1M0.003S");
    }

    @Test
    void countsAFailedAttempt() {
        Lease lease = pool.take(B);

        pool.clock.advance(Duration.ofSeconds(1));
        lease.failed(ConnectFailure.TIMEOUT);

        assertThat(load().active()).isZero();
        assertThat(load().total()).isZero();
        assertThat(load().failed()).isEqualTo(1);
        assertThat(told).containsExactly("failed " + A + " TIMEOUT after PT1S");
    }

    @Test
    void countsAnAbandonedAttemptNeitherAsFailureNorAsSession() {
        Lease lease = pool.take(B);

        lease.close(CloseReason.CLIENT);

        assertThat(load().active()).isZero();
        assertThat(load().total()).isZero();
        assertThat(load().failed()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void countsAConnectionThatNoSessionTookNeitherAsFailureNorAsSession() {
        Lease lease = pool.take(B);

        lease.connected();
        lease.abandon();

        assertThat(load().active()).isZero();
        assertThat(load().total()).isZero();
        assertThat(load().failed()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void endsTheSessionOnAServerThatProvesToBeOfNoUse() {
        Lease lease = pool.take(B);
        lease.connected();
        lease.taken();

        lease.failed(ConnectFailure.SILENT);

        assertThat(load().total()).isEqualTo(1);
        assertThat(load().failed()).isEqualTo(1);
        assertThat(told).hasSize(3).last().asString().contains("ERROR");
    }

    @Test
    void countsBytesOfBothDirections() {
        Lease lease = pool.take(B);

        lease.received(100);
        lease.received(20);
        lease.sent(3);

        assertThat(load().bytesIn()).isEqualTo(120);
        assertThat(load().bytesOut()).isEqualTo(3);
    }

    @Test
    void endsOnlyOnce() {
        Lease lease = pool.take(B);
        lease.connected();
        lease.connected();
        lease.taken();

        lease.close(CloseReason.CLIENT);
        lease.close(CloseReason.SERVER);
        lease.failed(ConnectFailure.RESET);
        lease.connected();
        lease.taken();

        assertThat(load().active()).isZero();
        assertThat(load().total()).isEqualTo(1);
        assertThat(load().failed()).isZero();
        assertThat(told).hasSize(2).last().asString().contains("CLIENT");
    }

    @Test
    void staysFailedWhateverComesAfterwards() {
        Lease lease = pool.take(B);
        lease.failed(ConnectFailure.REFUSED);

        lease.failed(ConnectFailure.REFUSED);
        lease.connected();
        lease.taken();
        lease.close(CloseReason.CLIENT);

        assertThat(load().active()).isZero();
        assertThat(load().total()).isZero();
        assertThat(load().failed()).isEqualTo(1);
        assertThat(told).hasSize(1);
    }

    @Test
    void countsAServerThatConnectsAndStaysSilentAsAFailure() {
        Lease lease = pool.take(B);
        lease.connected();
        lease.taken();

        pool.clock.advance(Duration.ofSeconds(1));
        lease.failed(ConnectFailure.SILENT);
        lease.close(CloseReason.CLIENT);

        assertThat(load().active()).isZero();
        assertThat(load().failed()).isEqualTo(1);
        assertThat(told)
                .containsExactly(
                        "connected " + A + " after PT0S",
                        "failed " + A + " SILENT after PT1S",
                        "ended " + A + " ERROR after PT1S");
    }

    @Test
    void keepsTheServerAsItWasChosen() {
        Lease lease = pool.take(B);

        pool.admin(A, AdminState.DRAIN);

        assertThat(lease.server().setting().admin()).isEqualTo(AdminState.READY);
        assertThat(pool.server(A).load())
                .as("but counts on")
                .isSameAs(lease.server().load());
    }
}
