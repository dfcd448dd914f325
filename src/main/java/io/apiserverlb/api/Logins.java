package io.apiserverlb.api;

import io.apiserverlb.api.ClusterReviews.ReviewFailedException;
import io.apiserverlb.api.TokenFile.UnusableFileException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Finds out who shows a bearer token: one of the file is everybody's who has it, any other is the cluster's to know.
 *
 * <p>Blocks while the cluster is asked. Safe for use by any thread.
 */
@Component
final class Logins implements AuthenticationManager {
    private final @Nullable TokenFile file;
    private final @Nullable ClusterReviews cluster;
    private final LoginLimit limit;
    private final JudgedTokens judged = new JudgedTokens();

    Logins(AccessSettings settings, ObjectProvider<ClusterReviews> cluster, LoginLimit limit) {
        this.file = settings.tokenFile() == null ? null : new TokenFile(settings.tokenFile());
        this.cluster = cluster.getIfAvailable();
        this.limit = limit;
    }

    /** Whether there are tokens that would do. */
    boolean takeTokens() {
        return file != null || cluster != null;
    }

    @Override
    public Authentication authenticate(Authentication shown) {
        return shown instanceof BearerToken bearer ? known(bearer) : shown;
    }

    private KnownCaller known(BearerToken bearer) {
        // Who shows once more what has been judged already learns nothing: a job with last week's token keeps nobody
        // out, and others' wrong ones do not keep out whose was right.
        boolean isTry = !judged.have(bearer.token());
        Duration wait = isTry ? limit.take(bearer.from()) : Duration.ZERO;
        if (!wait.isZero()) {
            throw LoginException.tooMany(wait);
        }
        try {
            KnownCaller caller = find(bearer.token());
            judged.add(bearer.token());
            if (caller == null) {
                throw LoginException.wrong("the bearer token is wrong");
            }
            if (isTry) {
                limit.giveBack(bearer.from());
            }
            return caller;
        } catch (UnusableFileException e) {
            if (isTry) { // at nothing
                limit.giveBack(bearer.from());
            }
            throw LoginException.wrong(String.valueOf(e.getMessage()));
        } catch (ReviewFailedException e) {
            // It is a try again: each waits for the cluster, and only so many may.
            judged.forget(bearer.token());
            throw LoginException.clusterCannotTell(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable KnownCaller find(String token) throws ReviewFailedException, UnusableFileException {
        if (file != null && file.has(token)) {
            return KnownCaller.byToken();
        }
        Optional<ClusterUser> user = cluster == null ? Optional.empty() : cluster.user(token);
        return user.map(KnownCaller::by).orElse(null);
    }
}
