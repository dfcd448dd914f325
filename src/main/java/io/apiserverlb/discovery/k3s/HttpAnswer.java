package io.apiserverlb.discovery.k3s;

import org.jspecify.annotations.Nullable;

/** What a supervisor answers; without its body where the status is not 200. */
final class HttpAnswer {
    private final int status;
    private final byte[] body;
    private final @Nullable String retryAfter;

    HttpAnswer(int status, byte[] body, @Nullable String retryAfter) {
        this.status = status;
        this.body = body;
        this.retryAfter = retryAfter;
    }

    int status() {
        return status;
    }

    byte[] body() {
        return body;
    }

    @Nullable
    String retryAfter() {
        return retryAfter;
    }
}
