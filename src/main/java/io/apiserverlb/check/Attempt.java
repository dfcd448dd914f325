package io.apiserverlb.check;

import io.apiserverlb.pool.Certificate;
import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.pool.Server;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One check of one server from its start to its only result, which comes within the timeout, not counting preparations of our own.
 * Belongs to the event loop.
 *
 * <p>Whatever is told to it after its end does nothing.
 */
final class Attempt {
    /** How far it has come. */
    enum Phase {
        PREPARE(Code.SOCKERR, "the files for TLS could not be read"),
        CONNECT(Code.L4TOUT, "no connection"),
        HANDSHAKE(Code.L6TOUT, "no TLS handshake"),
        ANSWER(Code.L7TOUT, "no answer");

        private final Code tooLate;
        private final String missing;

        Phase(Code tooLate, String missing) {
            this.tooLate = tooLate;
            this.missing = missing;
        }
    }

    private final Server server;
    private final CheckResult.Type type;
    private final Duration timeout;
    private final Surroundings surroundings;
    private final Consumer<CheckReport> ended;
    private final StallWatch stallWatch;

    private final boolean wanted;
    private boolean doubted;
    private boolean onOldConnection;
    private @Nullable Long askedAt;
    private Phase phase = Phase.CONNECT;
    private long startedAt;
    private long enteredAt;
    private Timer deadline;
    private boolean over;
    private @Nullable Finding settled;
    private @Nullable Channel channel;
    private @Nullable Duration connect;
    private @Nullable Certificate certificate;
    private @Nullable String kubernetesVersion;

    /**
     * Begins; {@code ended} is called once, unless it is cancelled.
     *
     * @param wanted whether somebody asked for it, and it was not just due
     * @param doubted whether that was traffic, as it has trouble
     */
    Attempt(
            Server server,
            boolean wanted,
            boolean doubted,
            CheckResult.Type type,
            Duration timeout,
            Surroundings surroundings,
            Consumer<CheckReport> ended) {
        this.server = server;
        this.wanted = wanted;
        this.doubted = doubted;
        this.type = type;
        this.timeout = timeout;
        this.surroundings = surroundings;
        this.ended = ended;
        this.startedAt = surroundings.now();
        this.deadline = surroundings.after(timeout.toNanos(), this::runOut);
        this.stallWatch = new StallWatch(timeout.dividedBy(2), surroundings);
    }

    /** The server as it was when the check began. */
    Server server() {
        return server;
    }

    /** Whether a connection that was made long ago would do: not if traffic has trouble to make one, or nothing is sure of the server. */
    boolean mayUseAnOldConnection() {
        return !wanted && !doubted && Pace.fullCredit(server.health());
    }

    /**
     * Traffic asks for it by now.
     *
     * @return whether it has to begin anew: a process that has got stuck answers on no connection, but only a new one proves anything
     */
    boolean doubt() {
        doubted = true;
        if (onOldConnection) {
            startedAt = surroundings.now();
            allow(timeout.toNanos());
        }
        return onOldConnection;
    }

    boolean isDoubted() {
        return doubted;
    }

    boolean isOver() {
        return over;
    }

    /** How long the server has been asked on a new connection, and nothing but its kernel has answered; 0 if that is not so. */
    long unansweredNanos() {
        boolean waiting = !over && (phase == Phase.CONNECT || phase == Phase.HANDSHAKE);
        return waiting && askedAt != null ? surroundings.now() - askedAt : 0;
    }

    Phase phase() {
        return phase;
    }

    void enter(Phase next) {
        long now = surroundings.now();
        if (phase == Phase.PREPARE) {
            // The clock stood still: a server is not to lack the time that we need for ourselves.
            startedAt += now - enteredAt;
            allow(startedAt + timeout.toNanos() - now);
        }
        if (next == Phase.PREPARE) {
            allow(timeout.toNanos());
            onOldConnection = false;
            settled = null;
        }
        if (next == Phase.CONNECT) {
            askedAt = now;
        }
        phase = next;
        enteredAt = now;
    }

    private void allow(long nanos) {
        deadline.cancel();
        deadline = surroundings.after(nanos, this::runOut);
    }

    /** The connection that it waited for in this phase is made. */
    void connected() {
        connect = Duration.ofNanos(surroundings.now() - enteredAt);
    }

    /** The connection it works on from now on, which is closed unless the check passes. */
    void uses(Channel connection) {
        uses(connection, false);
    }

    /** @param old whether it was made for another check */
    void uses(Channel connection, boolean old) {
        channel = connection;
        onOldConnection = old;
    }

    /** The time that is left. */
    long leftNanos() {
        return startedAt + timeout.toNanos() - surroundings.now();
    }

    /** The server has passed; this will do if nothing that says more comes in time. */
    void settleFor(Finding finding) {
        settled = finding;
    }

    void saw(Certificate shown) {
        certificate = shown;
    }

    void knows(@Nullable String version) {
        kubernetesVersion = version;
    }

    void end(Finding finding) {
        if (!over) {
            boolean stalled = finish();
            if (!finding.passed()) {
                closeChannel();
            }
            boolean ours = stalled && !finding.answered();
            report(ours ? Finding.ownTrouble("this process was late itself: " + finding.detail()) : finding);
        }
    }

    /** Ends without a result. */
    void cancel() {
        if (!over) {
            finish();
            closeChannel();
        }
    }

    private boolean finish() {
        over = true;
        deadline.cancel();
        return stallWatch.end();
    }

    private void report(Finding finding) {
        CheckResult result = new CheckResult(
                type,
                finding.code(),
                finding.status(),
                finding.detail(),
                Duration.ofNanos(surroundings.now() - startedAt),
                surroundings.clock().instant());
        ended.accept(new CheckReport(result, certificate, kubernetesVersion, connect));
    }

    private void runOut() {
        if (settled != null) {
            end(settled);
            closeChannel(); // which still owes an answer
            return;
        }
        if (channel != null && channel.isOpen()) {
            // With FIN the kernel would go on for minutes to say goodbye to a peer that is not there.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        end(new Finding(phase.tooLate, phase.missing + " within " + timeout.toMillis() + "ms"));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed has gone already
    private void closeChannel() {
        if (channel != null) {
            channel.close();
        }
    }
}
