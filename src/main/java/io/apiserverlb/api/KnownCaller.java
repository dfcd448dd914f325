package io.apiserverlb.api;

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
        this.name = name.replaceAll("\\p{Cntrl}", "?"); // it goes into the log
        this.user = user;
        super.setAuthenticated(true);
    }

    /** Whoever has a token of the file, which tells no name. */
    static KnownCaller byToken() {
        return new KnownCaller("token", null);
    }

    static KnownCaller by(ClusterUser user) {
        return new KnownCaller(user.name(), user);
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
