package io.apiserverlb.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request that has passed the access rules: it tells on whose behalf, to every room. */
final class AdmittedRequest extends HttpServletRequestWrapper {
    private final Caller caller;

    AdmittedRequest(HttpServletRequest request, Caller caller) {
        super(request);
        this.caller = caller;
    }

    @Override
    public Principal getUserPrincipal() {
        return caller;
    }
}
