package io.apiserverlb.pool;

import static io.apiserverlb.pool.TestPool.A;
import static io.apiserverlb.pool.TestPool.B;
import static io.apiserverlb.pool.TestPool.D;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told when a server's state or the mode changes. */
class TransitionsTest {
    private final TestPool pool =
            TestPool.builder().managed(A, B).seeds("https://10.0.0.4:6443").build();

    private Event last() {
        List<Event> events = pool.events.latest();
        return events.get(events.size() - 1);
    }

    @Test
    void tellNothingOfACertificateThatIsNoTrouble() {
        pool.identify(A, Certificate.Identity.UNVERIFIED);
        pool.identify(A, Certificate.Identity.VERIFIED);

        assertThat(pool.events.latest()).noneMatch(event -> event.type() == Event.Type.CERTIFICATE);
    }

    @Test
    void tellsEachChangeOfStateOnceWithTheReason() {
        pool.pass(A);
        pool.down(A);
        pool.hard(A);
        pool.hard(A);

        assertThat(last().message()).isEqualTo(A + " is down: L4CON for the test");
        assertThat(last().type()).isEqualTo(Event.Type.SERVER_STATE);
        assertThat(last().severity()).isEqualTo(Event.Severity.WARN);
        assertThat(last().server()).isEqualTo(A);
        assertThat(last().actor()).isEqualTo("check");
        assertThat(last().before()).isEqualTo("going-down");
        assertThat(last().after()).isEqualTo("down");
        assertThat(pool.events.latest()).extracting(Event::after).containsExactly("up", "going-down", "down");
    }

    @Test
    void tellsWhyAServerIsGoingDown() {
        pool.pass(A);

        pool.hard(A);

        assertThat(last().message()).isEqualTo(A + " is going-down: L4CON for the test");
        assertThat(last().severity()).isEqualTo(Event.Severity.INFO);
    }

    @Test
    void tellsThatTrafficTookAServerDown() {
        pool.pass(A);

        pool.refuseConnection(A);
        assertThat(last().message()).isEqualTo(A + " is going-down: connections to it fail");

        pool.refuseConnection(A);
        pool.refuseConnection(A);
        assertThat(last().message()).isEqualTo(A + " is down: connections to it fail");
        assertThat(last().actor()).isEqualTo("traffic");
        assertThat(pool.server(A).reason()).isEqualTo("connections to it fail");
    }

    @Test
    void tellsWhatAServerIsUpFor() {
        pool.pass(A);
        assertThat(last().message()).isEqualTo(A + " is up: 1 pass, L7OK for the test");

        pool.hard(A);
        pool.pass(A);
        assertThat(last().message()).isEqualTo(A + " is up: 1 pass, L7OK for the test");

        pool.soft(A);
        pool.pass(A, A);
        assertThat(last().message()).isEqualTo(A + " is up: 2 passes in a row, L7OK for the test");

        pool.down(A);
        pool.pass(A);
        assertThat(last().message()).isEqualTo(A + " is going-up: passes checks, but not for long enough");
        pool.pass(A);
        assertThat(last().message()).isEqualTo(A + " is up: 2 passes in a row, L7OK for the test");
    }

    @Test
    void tellsThatTrafficMadeUpForWhatItHeldAgainstAServer() {
        pool.pass(A, B);
        pool.refuseConnection(A);

        Lease lease = pool.take(B, D);
        lease.connected();
        lease.sent(1);

        assertThat(last().message()).isEqualTo(A + " is up: traffic holds nothing against it any more");
        assertThat(last().actor()).isEqualTo("traffic");
    }

    @Test
    void tellsThatAnOperatorHasAServerUsedAgain() {
        pool.pass(A);
        pool.admin(A, AdminState.MAINT);

        pool.admin(A, AdminState.READY);

        assertThat(pool.messages()).contains(A + " is unchecked: set to ready, and used until a check fails");
    }

    @Test
    void tellsThatDiscoveryNamesAServerAgain() {
        TestPool discovered = TestPool.builder().discovered(A, B).build();
        discovered.pass(A, B);
        discovered.discover(A);

        discovered.discover(A, B);

        assertThat(discovered.messages())
                .contains(B + " is removing: it left discovery", B + " is up: it is named again");
    }

    @Test
    void tellsItsListenersEachChangeOfState() {
        List<String> told = new ArrayList<>();
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void changedState(ServerAddress server, ServerState from, ServerState to) {
                told.add(server + " " + from + " " + to);
            }
        });

        pool.pass(A);
        pool.soft(A);
        pool.admin(A, AdminState.MAINT);

        assertThat(told).containsExactly(A + " UNCHECKED UP", A + " UP STOPPING", A + " STOPPING MAINT");
    }

    @Test
    void tellsItsListenersEveryCheck() {
        List<String> told = new ArrayList<>();
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void checked(ServerAddress server, CheckResult result) {
                told.add(server + " " + result.code());
            }
        });

        pool.pass(A, A);
        pool.hard(B);

        assertThat(told).containsExactly(A + " L7OK", A + " L7OK", B + " L4CON");
    }

    @Test
    void tellsItsListenersEveryRejection() {
        List<Rejection> told = new ArrayList<>();
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void rejected(Rejection reason) {
                told.add(reason);
            }
        });

        pool.pool.rejected(Rejection.LIMIT);

        assertThat(told).containsExactly(Rejection.LIMIT);
    }

    @Test
    void tellsEachChangeOfTheMode() {
        pool.pass(A, B, D);
        pool.down(A, B);
        assertThat(last().type()).isEqualTo(Event.Type.MODE);
        assertThat(last().severity()).isEqualTo(Event.Severity.ERROR);
        assertThat(last().before()).isEqualTo("normal");
        assertThat(last().after()).isEqualTo("fallback");

        pool.down(D);
        assertThat(last().after()).isEqualTo("last-resort");

        pool.pass(A, A);
        assertThat(last().after()).isEqualTo("normal");
        assertThat(last().severity()).isEqualTo(Event.Severity.INFO);
        assertThat(last().message()).isEqualTo("a primary server is usable");
    }

    @Test
    void namesTheOperatorWhoChangedTheState() {
        pool.admin(A, AdminState.DRAIN);

        assertThat(pool.events.latest())
                .filteredOn(event -> event.type() == Event.Type.SERVER_STATE)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.actor()).isEqualTo("operator");
                    assertThat(event.message()).isEqualTo(A + " is drain: being drained");
                });
    }

    @Test
    void tellsItsListenersEveryRivalThatIsDecided() {
        List<String> told = new ArrayList<>();
        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void hedged(Hedge kind, boolean won) {
                told.add(kind + " " + won);
            }
        });

        pool.pool.hedged(Hedge.CONNECT, true);
        pool.pool.hedged(Hedge.HANDSHAKE, false);

        assertThat(told).containsExactly("CONNECT true", "HANDSHAKE false");
    }

    @Test
    void tellsTheBeginningOnlyToThoseWhoComeBeforeItIsForgotten() {
        List<Rejection> told = new ArrayList<>();
        pool.pool.rejected(Rejection.LIMIT);
        pool.pool.subscribe(new TrafficListener() {});
        pool.pool.forget();

        pool.pool.subscribe(new TrafficListener() {
            @Override
            public void rejected(Rejection reason) {
                told.add(reason);
            }
        });

        assertThat(told).isEmpty();
    }
}
