package io.apiserverlb.discovery.kubernetes;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster knows this process by; prints no secrets.
 *
 * @param certificate with its key or not at all
 * @param expiry when to ask for other ones, or null
 */
record UserParts(
        @Nullable Part tokenPart,
        @Nullable Part certificate,
        @Nullable Part key,
        @Nullable Instant expiry) {
    static final UserParts ANONYMOUS = new UserParts(null, null, null, null);

    @Nullable
    String token() throws CredentialsException {
        return tokenPart == null ? null : tokenPart.token();
    }
}
