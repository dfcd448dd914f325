package io.apiserverlb.api;

import org.springframework.http.HttpStatus;
import org.springframework.security.authorization.AuthorizationResult;

/** A call may not be made, for a reason that the caller is told. */
record Denied(HttpStatus status, String reason) implements AuthorizationResult {
    @Override
    public boolean isGranted() {
        return false;
    }
}
