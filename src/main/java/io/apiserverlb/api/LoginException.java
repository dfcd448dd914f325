package io.apiserverlb.api;

import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.AuthenticationException;

/** Credentials are not accepted; the message tells the caller why. */
final class LoginException extends AuthenticationException {
    private static final long serialVersionUID = 1;

    private final HttpStatus status;
    private final Duration retryAfter;

    private LoginException(HttpStatus status, String message, Duration retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    static LoginException wrong(String message) {
        return new LoginException(HttpStatus.UNAUTHORIZED, message, Duration.ZERO);
    }

    static LoginException tooMany(Duration wait) {
        return new LoginException(
                HttpStatus.TOO_MANY_REQUESTS,
                "too many wrong credentials from this address; try again in "
                        + Math.max(1, wait.plusMillis(999).toSeconds()) + " s",
                wait);
    }

    static LoginException clusterCannotTell(String why) {
        return new LoginException(
                HttpStatus.SERVICE_UNAVAILABLE, "the cluster cannot be asked who this is: " + why, Duration.ZERO);
    }

    HttpStatus status() {
        return status;
    }

    /** How long another try is of no use; zero if that is not known. */
    Duration retryAfter() {
        return retryAfter;
    }
}
