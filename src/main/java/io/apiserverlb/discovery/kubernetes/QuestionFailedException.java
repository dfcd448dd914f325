package io.apiserverlb.discovery.kubernetes;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A question to the cluster was not answered. The message is without secrets. */
final class QuestionFailedException extends Exception {
    /** How it begins where nobody has answered, whatever the reason. */
    static final String NO_SERVER = "no server reachable";

    static final String TOO_LARGE = "an answer is larger than 1 MiB";
    static final String UNREADABLE = "the answer of the API server cannot be read";

    private final int status;

    private QuestionFailedException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /**
     * There was an answer, and it was no.
     *
     * @param question verb and plural as in RBAC, and where
     */
    static QuestionFailedException refused(String question, int status) {
        String words = switch (status) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                "HTTP 401: the cluster does not take the balancer's credentials";
            case HttpURLConnection.HTTP_FORBIDDEN -> "HTTP 403: the balancer's credentials may not " + question;
            default -> "HTTP " + status + ": an API server cannot " + question;
        };
        return new QuestionFailedException(status, words, null);
    }

    static QuestionFailedException because(String words, @Nullable Throwable cause) {
        return new QuestionFailedException(0, words, cause);
    }

    /** Puts into words why there was no answer, or not a whole one. */
    static QuestionFailedException withoutAnswer(Throwable cause) {
        Throwable first = cause;
        while (first instanceof CompletionException && first.getCause() != null) {
            first = first.getCause();
        }
        return because(words(first), cause);
    }

    private static String words(Throwable e) {
        Optional<CertificateException> refused = cause(e, CertificateException.class);
        if (refused.isPresent()) {
            return "the API server is not the right one: "
                    + String.valueOf(refused.get().getMessage()).replaceAll("\\p{IsControl}", "?");
        }
        if (cause(e, SSLException.class).isPresent()) {
            return NO_SERVER + ": the TLS handshake failed";
        }
        if (cause(e, HttpTimeoutException.class).isPresent()
                || cause(e, TimeoutException.class).isPresent()) {
            return NO_SERVER + ": no answer in time";
        }
        if (cause(e, ConnectException.class).isPresent()) {
            return NO_SERVER + ": connection refused";
        }
        if (cause(e, IOException.class).isPresent()) {
            return NO_SERVER + ": the connection was closed";
        }
        return "the API server cannot be asked: " + e.getClass().getSimpleName();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return Optional.of(type.cast(each));
            }
        }
        return Optional.empty();
    }

    /** What stays the same while the trouble does: one connection after another is refused, reset, or closed in the handshake. */
    String trouble() {
        String words = String.valueOf(getMessage());
        return words.startsWith(NO_SERVER) ? NO_SERVER : words;
    }

    /** Of HTTP; 0 if there was none. */
    int status() {
        return status;
    }
}
