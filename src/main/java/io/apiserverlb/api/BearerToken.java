package io.apiserverlb.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** A bearer token (RFC 6750) that somebody shows, right or wrong. Prints itself without it. */
final class BearerToken extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1;
    private static final Pattern HEADER = Pattern.compile("bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);

    private final String token;
    private final String from;

    private BearerToken(String token, String from) {
        super(AuthorityUtils.NO_AUTHORITIES);
        this.token = token;
        this.from = from;
    }

    /** The one of an Authorization header; null if it has none. */
    static @Nullable BearerToken of(@Nullable String authorization, String from) {
        Matcher header = HEADER.matcher(authorization == null ? "" : authorization);
        return header.matches() ? new BearerToken(header.group(1), from) : null;
    }

    String token() {
        return token;
    }

    /** The client's IP address. */
    String from() {
        return from;
    }

    @Override
    public Object getPrincipal() {
        return "";
    }

    @Override
    public Object getCredentials() {
        return "";
    }
}
