package io.apiserverlb.api;

import java.security.Principal;

/**
 * Whoever makes a request that has passed the access rules.
 *
 * @param name who and from where, as audit events name them
 */
record Caller(String name) implements Principal {
    @Override
    public String getName() {
        return name;
    }
}
