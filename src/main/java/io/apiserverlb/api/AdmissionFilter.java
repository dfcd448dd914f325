package io.apiserverlb.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Holds the body of every change to JSON, has those recorded whose makers do not, and tells every room on whose behalf a call is made. */
@Component
final class AdmissionFilter extends HttpFilter {
    private static final String DRY_RUN = "dryRun";

    private final Connectors connectors;
    private final OtherChanges changes;
    private final ProblemWriter problems;

    AdmissionFilter(Connectors connectors, OtherChanges changes, ProblemWriter problems) {
        this.connectors = connectors;
        this.changes = changes;
        this.problems = problems;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Call call = connectors.call(request);
        if (call.changes() && hasBody(request) && !isJson(request.getContentType(), OtherChanges.isOne(call))) {
            problems.write(
                    request,
                    response,
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "a body must be JSON, with Content-Type: application/json");
        } else if (OtherChanges.isOne(call) && mayBeDryRun(request)) {
            problems.write(
                    request,
                    response,
                    HttpStatus.BAD_REQUEST,
                    "what this would do cannot be tried: there is no " + DRY_RUN + " here, and nothing was done");
        } else {
            Caller caller = Caller.of(request);
            OtherChanges.Pending change = changes.begin(call);
            chain.doFilter(new AdmittedRequest(request, caller), response);
            if (change != null) {
                // With the path as it was sent: decoded it could hold line breaks.
                change.end(response.getStatus(), caller.name(), request.getMethod() + " " + request.getRequestURI());
            }
        }
    }

    /** However it is written: who wants to try must not do. */
    private static boolean mayBeDryRun(HttpServletRequest request) {
        return Collections.list(request.getParameterNames()).stream().anyMatch(DRY_RUN::equalsIgnoreCase);
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    /** @param ofAnyKind Actuator's own types included */
    private static boolean isJson(@Nullable String contentType, boolean ofAnyKind) {
        try {
            MediaType type = contentType == null ? MediaType.ALL : MediaType.parseMediaType(contentType);
            return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                    || (ofAnyKind && "json".equals(type.getSubtypeSuffix()));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
