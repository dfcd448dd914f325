package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/**
 * Whoever makes a request.
 *
 * @param name who and from where, as audit events name them: what follows the last {@code @} is the address
 */
record Caller(String name) implements Principal {
    private static final String ANONYMOUS = "anonymous";

    /** As far as the access rules have found out. */
    static Caller of(HttpServletRequest request) {
        Principal known = request.getUserPrincipal();
        return new Caller("rest " + (known == null ? ANONYMOUS : known.getName()) + "@" + Call.from(request));
    }

    @Override
    public String getName() {
        return name;
    }
}
