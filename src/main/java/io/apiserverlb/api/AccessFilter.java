package io.apiserverlb.api;

import io.apiserverlb.pool.Events;
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

/** Holds every request of the application to the access rules, and the body of every changing one to JSON. */
@Component
final class AccessFilter extends HttpFilter {
    private static final String DRY_RUN = "dryRun";

    private final AccessRules rules;
    private final Connectors connectors;
    private final RefusalEvents refusals;
    private final OtherChanges changes;
    private final ProblemWriter problems;

    AccessFilter(
            AccessRules rules, Connectors connectors, Events events, OtherChanges changes, ProblemWriter problems) {
        this.rules = rules;
        this.connectors = connectors;
        this.refusals = new RefusalEvents(events, System::nanoTime);
        this.changes = changes;
        this.problems = problems;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Call call = Call.of(request, connectors.isLoopback(request.getLocalPort()));
        Verdict verdict = rules.judge(call);
        if (verdict instanceof Verdict.Refused refused) {
            refuse(call, refused, request, response);
        } else if (call.changes() && hasBody(request) && !isJson(request.getContentType())) {
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
        } else if (verdict instanceof Verdict.Granted granted) {
            Caller caller = new Caller(actor(granted.who(), call));
            OtherChanges.Pending change = changes.begin(call);
            chain.doFilter(new AdmittedRequest(request, caller), response);
            if (change != null) {
                change.end(response.getStatus(), caller.name(), asSent(request));
            }
        }
    }

    /** However it is written: who wants to try must not do. */
    private static boolean mayBeDryRun(HttpServletRequest request) {
        return Collections.list(request.getParameterNames()).stream().anyMatch(DRY_RUN::equalsIgnoreCase);
    }

    /** With the path as it was sent: decoded it could hold line breaks. */
    private static String asSent(HttpServletRequest request) {
        return request.getMethod() + " " + request.getRequestURI();
    }

    private void refuse(Call call, Verdict.Refused refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        refusals.record(
                actor(Verdict.Granted.ANONYMOUS.who(), call), "refused " + asSent(request) + ": " + refused.reason());
        if (refused.status() == HttpStatus.UNAUTHORIZED) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        problems.write(request, response, refused.status(), refused.reason());
    }

    private static String actor(String who, Call call) {
        return "rest " + who + "@" + call.from();
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            MediaType type = contentType == null ? MediaType.ALL : MediaType.parseMediaType(contentType);
            return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON) || "json".equals(type.getSubtypeSuffix());
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
