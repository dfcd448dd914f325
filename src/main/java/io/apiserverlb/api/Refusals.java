package io.apiserverlb.api;

import io.apiserverlb.pool.Events;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.stereotype.Component;

/** Tells callers why they are refused, by a problem, and everybody else by an event. */
@Component
final class Refusals
        implements AuthenticationEntryPoint, AccessDeniedHandler, AuthenticationFailureHandler, RequestRejectedHandler {
    /** Why a request is refused that is none anybody writes who means well. */
    static final String UNCLEAN = "the path, a header or a parameter has in it what none here has: a detour such as"
            + " '//', an encoded delimiter, a ';' or a control character";

    private final RefusalEvents events;
    private final ProblemWriter problems;

    Refusals(Events events, ProblemWriter problems) {
        this.events = new RefusalEvents(events, System::nanoTime);
        this.problems = problems;
    }

    void refuse(HttpServletRequest request, HttpServletResponse response, HttpStatus status, String reason)
            throws IOException {
        events.record(
                Caller.of(request).name(),
                "refused " + request.getMethod() + " " + request.getRequestURI() + ": " + reason);
        if (status == HttpStatus.UNAUTHORIZED) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        problems.write(request, response, status, reason);
    }

    /** Credentials are wrong. */
    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (!(failure instanceof LoginException login)) {
            throw failure;
        }
        if (!login.retryAfter().isZero()) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER, String.valueOf(login.retryAfter().toSeconds() + 1));
        }
        refuse(request, response, login.status(), String.valueOf(login.getMessage()));
    }

    /** Nobody in particular may not do this. */
    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException insufficient)
            throws IOException {
        deny(request, response, insufficient.getCause());
    }

    /** Somebody may not do this. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        deny(request, response, denied);
    }

    private void deny(HttpServletRequest request, HttpServletResponse response, @Nullable Throwable cause)
            throws IOException {
        if (cause instanceof AuthorizationDeniedException e && e.getAuthorizationResult() instanceof Denied denied) {
            refuse(request, response, denied.status(), denied.reason());
        } else {
            problems.write(request, response, HttpStatus.NOT_FOUND, "there is nothing here");
        }
    }

    /** The firewall's own words could quote a header. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException rejected)
            throws IOException {
        refuse(request, response, HttpStatus.BAD_REQUEST, UNCLEAN);
    }
}
