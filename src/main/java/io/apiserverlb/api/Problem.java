package io.apiserverlb.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.apiserverlb.pool.OneLine;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * What is wrong with a request (RFC 9457).
 *
 * @param title the HTTP status in words
 * @param detail what is wrong with this very request
 * @param instance the path that was asked for
 * @param errors each fault by itself, for 400 and 422; the first hundred
 */
@Schema(
        name = "ProblemDetail",
        description = "What is wrong with a request (RFC 9457)",
        requiredProperties = {"title", "status", "detail", "instance"})
record Problem(
        @Schema(example = "Unprocessable Content") String title,
        @Schema(example = "422") int status,

        @Schema(example = "the weight must be between 0 and 256, not 300")
        String detail,

        @Schema(example = "/lb/servers/192.0.2.10:6443") String instance,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Fault> errors) {

    /**
     * One fault.
     *
     * @param pointer where in the body (RFC 6901); empty for the whole body, and for what is not in the body
     */
    @Schema(
            name = "Fault",
            requiredProperties = {"pointer", "detail"})
    record Fault(
            @Schema(example = "/weight") String pointer,

            @Schema(example = "the weight must be between 0 and 256, not 300")
            String detail) {

        Fault {
            detail = OneLine.of(detail);
        }
    }

    /** Or a body could be answered by one many times as long. */
    private static final int MOST_ERRORS = 100;

    private static final Set<Integer> WITH_ERRORS =
            Set.of(HttpStatus.BAD_REQUEST.value(), HttpStatus.UNPROCESSABLE_CONTENT.value());

    Problem {
        detail = OneLine.of(detail);
        errors = errors.stream().limit(MOST_ERRORS).toList();
    }

    /**
     * A problem that is said in one sentence.
     *
     * @param detail null: nothing is known beyond the status
     */
    static Problem of(HttpStatusCode status, @Nullable String detail, String instance) {
        String text = detail == null || detail.isBlank() ? unexplained(status) : detail;
        List<Fault> errors = WITH_ERRORS.contains(status.value()) ? List.of(new Fault("", text)) : List.of();
        return of(status, text, instance, errors);
    }

    static Problem of(HttpStatusCode status, String detail, String instance, List<Fault> errors) {
        return new Problem(title(status), status.value(), detail, instance, errors);
    }

    private static String title(HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        return known == null ? "Status " + status.value() : known.getReasonPhrase();
    }

    /** Only Tomcat refuses a request as bad without a reason: because it cannot parse it. */
    private static String unexplained(HttpStatusCode status) {
        return status.isSameCodeAs(HttpStatus.BAD_REQUEST) ? "this is no valid HTTP request" : title(status);
    }
}
