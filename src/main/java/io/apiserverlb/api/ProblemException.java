package io.apiserverlb.api;

import java.util.List;
import org.springframework.http.HttpStatus;

/** A request that cannot be answered as asked, with the reason in words for the caller. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final HttpStatus status;
    private final transient List<Problem.Fault> faults;

    ProblemException(HttpStatus status, String detail) {
        this(status, detail, List.of());
    }

    private ProblemException(HttpStatus status, String detail, List<Problem.Fault> faults) {
        super(detail);
        this.status = status;
        this.faults = faults;
    }

    /** A request that cannot be read: 400. */
    static ProblemException malformed(String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, detail);
    }

    /** A body that can be read, but does not say what it has to: 422. */
    static ProblemException invalid(List<Problem.Fault> faults) {
        String first = faults.get(0).detail();
        String detail = faults.size() == 1 ? first : first + " (and " + (faults.size() - 1) + " more: see errors)";
        return new ProblemException(HttpStatus.UNPROCESSABLE_CONTENT, detail, faults);
    }

    /** A parameter that can be read, but has a value that is not allowed: 422. */
    static ProblemException invalid(String detail) {
        return new ProblemException(HttpStatus.UNPROCESSABLE_CONTENT, detail);
    }

    HttpStatus status() {
        return status;
    }

    Problem problem(String instance) {
        String detail = String.valueOf(getMessage());
        return faults.isEmpty() ? Problem.of(status, detail, instance) : Problem.of(status, detail, instance, faults);
    }
}
