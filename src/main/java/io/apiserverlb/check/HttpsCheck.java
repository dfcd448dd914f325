package io.apiserverlb.check;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.tls.TlsPeer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.jspecify.annotations.Nullable;

/**
 * Connects, shakes hands and asks whether the server is ready. Belongs to the event loop.
 *
 * <p>The connection is kept while all goes well: a handshake for every check of every node would cost the servers dearly.
 */
final class HttpsCheck implements Probe {
    private static final String VERSION_PATH = "/version";
    /** Where each check has a connection of its own. */
    private static final Duration VERSION_REST = Duration.ofMinutes(1);

    private final Checker.Settings settings;
    private final TlsConnector connector;
    private final ServerAddress address;
    private final Surroundings surroundings;
    private final @Nullable Supervisor role;
    private final @Nullable SupervisorCheck supervisor;

    private @Nullable HttpsConnection kept;
    private long keptUntil;
    private boolean versionAsked;
    private @Nullable Long versionRestsSince;
    private @Nullable String version;

    private HttpsCheck(
            Checker.Settings settings,
            TlsConnector connector,
            ServerAddress address,
            Surroundings surroundings,
            @Nullable Supervisor role,
            @Nullable SupervisorCheck supervisor) {
        this.settings = settings;
        this.connector = connector;
        this.address = address;
        this.surroundings = surroundings;
        this.role = role;
        this.supervisor = supervisor;
    }

    /** @param supervisor has the last word where the API server would not say anything; null if there is none */
    static HttpsCheck ofApiServer(
            Checker.Settings settings,
            TlsConnector connector,
            ServerAddress address,
            Surroundings surroundings,
            @Nullable SupervisorCheck supervisor) {
        return new HttpsCheck(settings, connector, address, surroundings, null, supervisor);
    }

    static HttpsCheck ofSupervisor(
            Checker.Settings settings,
            TlsConnector connector,
            ServerAddress address,
            Surroundings surroundings,
            Supervisor role) {
        return new HttpsCheck(settings, connector, address, surroundings, role, null);
    }

    @Override
    public void begin(Attempt attempt) {
        if (kept != null && mayUse(kept, attempt)) {
            ask(attempt, kept, true);
        } else {
            connect(attempt);
        }
    }

    @Override
    public void close() {
        leave();
        if (supervisor != null) {
            supervisor.close();
        }
    }

    private void leave() {
        HttpsConnection old = kept;
        kept = null;
        if (old != null) {
            old.close();
        }
        if (supervisor != null) {
            supervisor.cancel();
        }
    }

    private boolean mayUse(HttpsConnection old, Attempt attempt) {
        return old.isIdle() && attempt.mayUseAnOldConnection() && !isExpired() && connector.isUpToDate(old.peer());
    }

    private boolean isExpired() {
        return surroundings.now() - keptUntil >= 0;
    }

    private void connect(Attempt attempt) {
        leave();
        connector.connect(attempt, (channel, peer) -> {
            HttpsConnection connection = new HttpsConnection(channel, host(peer), peer);
            kept = connection;
            // Not all nodes of a fleet are to come back at the same time.
            double life = settings.reconnect().toNanos()
                    * (1 - settings.jitter() * surroundings.random().nextDouble());
            keptUntil = surroundings.now() + (long) life;
            versionAsked = false;
            ask(attempt, connection, false);
        });
    }

    /** The server's name if it has one, else its address. */
    private String host(TlsPeer peer) {
        Collection<SNIServerName> names = peer.engine().getSSLParameters().getServerNames();
        return Stream.ofNullable(names)
                .flatMap(Collection::stream)
                .filter(SNIHostName.class::isInstance)
                .map(name -> ((SNIHostName) name).getAsciiName() + ":" + address.port())
                .findFirst()
                .orElseGet(address::toString);
    }

    private void ask(Attempt attempt, HttpsConnection connection, boolean isOld) {
        attempt.enter(Phase.ANSWER);
        attempt.uses(connection.channel(), isOld);
        Future<Answer> answer = role == null ? connection.ask(settings.path()) : connection.askSupervisor(role.path());
        answer.addListener((Future<Answer> asked) -> {
            if (attempt.isOver() || connection != kept) {
                return;
            }
            boolean wasClosed =
                    asked.isSuccess() ? asked.getNow().saysThatNothingWasAsked() : !connection.answerHasBegun();
            if (isOld && wasClosed) {
                // The other end had done so, as it may with any connection: that is no failure of the server.
                connect(attempt);
            } else if (asked.isSuccess()) {
                answered(attempt, connection, asked.getNow());
            } else {
                attempt.end(Failure.of(asked.cause(), Phase.ANSWER));
            }
        });
    }

    private void answered(Attempt attempt, HttpsConnection connection, Answer answer) {
        if (supervisor != null && answer.refusesUs()) {
            supervisor.begin(attempt, connection, finding -> {
                if (connection == kept) { // else the check has begun anew
                    attempt.end(finding);
                    if (isExpired()) {
                        connection.close();
                    }
                }
            });
            return;
        }
        attempt.knows(version);
        attempt.end(answer.finding());
        if (connection.isIdle() && answer.isGood() && wantsVersion()) {
            askVersion(connection);
        } else if (isExpired()) {
            connection.close();
        }
    }

    /**
     * Once per connection, but not once per check; and a server that owed an answer is left in peace for a while, as that cost the
     * connection.
     */
    private boolean wantsVersion() {
        Duration rest = isNeverKept() ? VERSION_REST : settings.reconnect();
        boolean rests = versionRestsSince != null && surroundings.now() - versionRestsSince < rest.toNanos();
        return role == null && !versionAsked && !rests;
    }

    private boolean isNeverKept() {
        return settings.reconnect().isZero();
    }

    /** Is no part of any check: the next one reports what it brings, or puts an end to it. */
    private void askVersion(HttpsConnection connection) {
        versionAsked = true;
        Timer limit = surroundings.after(settings.timeout().toNanos(), connection::close);
        connection.ask(VERSION_PATH).addListener((Future<Answer> asked) -> {
            limit.cancel();
            versionRestsSince = asked.isSuccess() && !isNeverKept() ? null : surroundings.now();
            if (asked.isSuccess() && asked.getNow().isGood()) {
                version = KubernetesVersion.parse(asked.getNow().body()).orElse(version);
            }
            if (isExpired()) {
                connection.close();
            }
        });
    }
}
