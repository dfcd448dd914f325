package io.apiserverlb.api;

import io.apiserverlb.pool.OneLine;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** Somebody whose credentials are right. */
final class KnownCaller extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1;

    private final String name;
    private final transient @Nullable ClusterUser user;

    private KnownCaller(String name, @Nullable ClusterUser user) {
        super(AuthorityUtils.NO_AUTHORITIES);
        this.name = OneLine.of(name);
        this.user = user;
        super.setAuthenticated(true);
    }

    /** Whoever has a token of the file, which tells no name. */
    static KnownCaller byToken() {
        return new KnownCaller("token", null);
    }

    /** Named so that none can take the name of another kind of caller. */
    static KnownCaller by(ClusterUser user) {
        return new KnownCaller("user " + user.name(), user);
    }

    /** @param commonName of the client certificate */
    static KnownCaller byCertificate(String commonName) {
        return new KnownCaller("certificate " + commonName, null);
    }

    /** Whose rights the cluster knows; null: he has all. */
    @Nullable
    ClusterUser user() {
        return user;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Object getPrincipal() {
        return name;
    }

    @Override
    public @Nullable Object getCredentials() {
        return null;
    }
}
