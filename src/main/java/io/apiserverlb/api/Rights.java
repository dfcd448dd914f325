package io.apiserverlb.api;

import io.apiserverlb.api.ClusterReviews.ReviewFailedException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.http.HttpStatus;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;

/**
 * Who may make the calls that not everybody may: whoever shows credentials or, where none would do, whoever comes by a connector that only
 * this host can reach.
 */
@Component
final class Rights implements AuthorizationManager<RequestAuthorizationContext> {
    private static final AuthorizationResult GRANTED = new AuthorizationDecision(true);
    /** Reads that show who is connected to what. */
    private static final Set<String> GUARDED_READS = Set.of("/lb/connections", "/lb/events", "/lb/why");

    /** Of Actuator, if they are exposed: logs, threads, configuration. */
    private static final RequestMatcher GUARDED_ENDPOINTS =
            EndpointRequest.toAnyEndpoint().excludingLinks().excluding("health", "info", "prometheus", "metrics");

    private final Connectors connectors;
    private final Credentials credentials;
    private final Logins logins;
    private final @Nullable ClusterReviews cluster;

    Rights(Connectors connectors, Credentials credentials, Logins logins, ObjectProvider<ClusterReviews> cluster) {
        this.connectors = connectors;
        this.credentials = credentials;
        this.logins = logins;
        this.cluster = cluster.getIfAvailable();
    }

    /** Whether this is for some only: changes, and beyond loopback some reads. */
    static boolean areNeededFor(HttpServletRequest request, Call call) {
        return call.changes()
                || (!call.isOfThisHost()
                        && (GUARDED_READS.stream().anyMatch(call::isUnder) || GUARDED_ENDPOINTS.matches(request)));
    }

    /** Whether reading this path is held to the rule of changes beyond loopback. */
    static boolean isGuarded(String path) {
        return GUARDED_READS.contains(path);
    }

    @Override
    public AuthorizationResult authorize(
            Supplier<? extends @Nullable Authentication> who, RequestAuthorizationContext context) {
        Call call = connectors.call(context.getRequest());
        if (who.get() instanceof KnownCaller caller) {
            return caller.user() == null ? GRANTED : review(caller.user(), call);
        }
        if (credentials.canBeShown()) {
            return logins.takeTokens()
                    ? new Denied(HttpStatus.UNAUTHORIZED, "this needs the bearer token")
                    : new Denied(
                            HttpStatus.FORBIDDEN, "this needs a client certificate with one of lb.admin.client-names");
        }
        return call.isOfThisHost()
                ? GRANTED
                : new Denied(
                        HttpStatus.FORBIDDEN,
                        "no token is configured (lb.admin.token-file); without one this is allowed only where the"
                                + " management API listens on a loopback address");
    }

    private AuthorizationResult review(ClusterUser user, Call call) {
        // To look without seeing takes the right to look.
        String verb = call.method().equals("HEAD") ? "get" : call.method().toLowerCase(Locale.ROOT);
        try {
            return cluster != null && cluster.allows(user, verb, call.path())
                    ? GRANTED
                    : new Denied(
                            HttpStatus.FORBIDDEN,
                            "the cluster does not allow " + user.name() + " to " + verb + " the non-resource URL "
                                    + call.path());
        } catch (ReviewFailedException e) {
            return new Denied(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "the cluster cannot be asked whether this is allowed: " + e.getMessage());
        }
    }
}
