package io.apiserverlb.check;

import io.apiserverlb.pool.CheckReport;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CheckResult.Code;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a server's supervisor say whether the server is ready, once its API server is alive but would not say. Belongs to the event loop.
 *
 * <p>Only a supervisor that answers the question counts: one that cannot be asked is no trouble of the API server's.
 */
final class SupervisorCheck {
    private static final int SERVER_ERROR = 500;
    /** Without the status of the API server, which refuses everybody and so does not refuse us in particular. */
    private static final Finding UNKNOWN =
            new Finding(Code.L7OKC, "readiness: unknown, since the supervisor does not tell");

    private final Supervisor supervisor;
    private final @Nullable HttpsCheck onOtherPort;
    private final Surroundings surroundings;
    /** Of a supervisor with a port of its own. */
    private @Nullable Attempt asking;

    /** @param onOtherPort asks a supervisor that has a port of its own */
    SupervisorCheck(Supervisor supervisor, @Nullable HttpsCheck onOtherPort, Surroundings surroundings) {
        this.supervisor = supervisor;
        this.onOtherPort = onOtherPort;
        this.surroundings = surroundings;
    }

    /**
     * Asks for an attempt in which the API server has just answered.
     *
     * @param toApiServer which listens where the supervisor does, unless that has a port of its own
     * @param result takes the answer, unless the time of the attempt has run out before
     */
    void begin(Attempt attempt, HttpsConnection toApiServer, Consumer<Finding> result) {
        if (toApiServer.peer().supervisorAuthorization().isEmpty()) {
            result.accept(UNKNOWN); // it tells nobody without a credential, either
        } else if (onOtherPort != null) {
            // Less than is left: the API server owes no answer any more, and is to keep its connection.
            Duration limit = Duration.ofNanos(Math.max(1, attempt.leftNanos() / 2));
            asking = new Attempt(
                    attempt.server(),
                    false,
                    false,
                    CheckResult.Type.HTTPS,
                    limit,
                    surroundings,
                    report -> result.accept(finding(report)));
            onOtherPort.begin(asking);
        } else {
            attempt.settleFor(UNKNOWN);
            toApiServer
                    .askSupervisor(supervisor.path())
                    .addListener((Future<Answer> asked) -> result.accept(
                            asked.isSuccess() ? finding(asked.getNow().finding()) : UNKNOWN));
        }
    }

    /** Waits for no answer any more. */
    void cancel() {
        if (asking != null) {
            asking.cancel();
        }
    }

    private static Finding finding(CheckReport report) {
        CheckResult result = report.result();
        return finding(new Finding(result.code(), result.status(), result.detail()));
    }

    private static Finding finding(Finding said) {
        boolean isNotReady = said.status() != null && said.status() >= SERVER_ERROR;
        if (said.code() == Code.L7OK) {
            return said;
        }
        return isNotReady ? new Finding(said.code(), said.status(), "supervisor: " + said.detail()) : UNKNOWN;
    }

    void close() {
        cancel();
        if (onOtherPort != null) {
            onOtherPort.close();
        }
    }
}
