package io.apiserverlb.api;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Who may do what: reading is open; changing needs the token or, where none is configured, a connector that only this host can reach.
 *
 * <p>Whatever the call, a web page of another site may not make it through its visitor's browser.
 */
@Component
public final class AccessRules {
    /**
     * What an operator sets of it.
     *
     * @param tokenFile holds the bearer token of changing calls, or null if there is none
     * @param hostNames names beside {@code localhost} by which callers reach a connector on a loopback address
     */
    public record Settings(@Nullable Path tokenFile, Set<String> hostNames) {
        public Settings {
            hostNames = Set.copyOf(hostNames);
        }
    }

    /** Reads that show who is connected to what. */
    private static final Set<String> GUARDED_READS = Set.of("/lb/connections", "/lb/events", "/lb/why");

    private final CrossSite crossSite;
    private final @Nullable TokenFile token;

    AccessRules(Settings settings) {
        this.crossSite = new CrossSite(settings.hostNames());
        this.token = settings.tokenFile() == null ? null : new TokenFile(settings.tokenFile());
    }

    /** Whether reading this path beyond loopback is held to the rule of changes. */
    static boolean isGuarded(String path) {
        return GUARDED_READS.contains(path);
    }

    Verdict judge(Call call) {
        String foreign = crossSite.reason(call);
        if (foreign != null) {
            return new Verdict.Refused(HttpStatus.FORBIDDEN, foreign);
        }
        boolean guarded =
                call.changes() || (!call.loopback() && GUARDED_READS.stream().anyMatch(call::isUnder));
        return guarded ? judgeRight(call) : Verdict.Granted.ANONYMOUS;
    }

    private Verdict judgeRight(Call call) {
        if (token != null) {
            String refusal = token.refusal(call.authorization());
            return refusal == null ? Verdict.Granted.TOKEN : new Verdict.Refused(HttpStatus.UNAUTHORIZED, refusal);
        }
        return call.loopback()
                ? Verdict.Granted.ANONYMOUS
                : new Verdict.Refused(
                        HttpStatus.FORBIDDEN,
                        "no token is configured (lb.admin.token-file); without one this is allowed only where the"
                                + " management API listens on a loopback address");
    }
}
