package io.apiserverlb.api;

import org.springframework.http.HttpStatus;

/** What the access rules say to a call. */
sealed interface Verdict {

    /** It may go on; the caller is known as this. */
    enum Granted implements Verdict {
        ANONYMOUS("anonymous"),
        TOKEN("token");

        private final String who;

        Granted(String who) {
            this.who = who;
        }

        String who() {
            return who;
        }
    }

    /** It may not, for a reason that the caller is told. */
    record Refused(HttpStatus status, String reason) implements Verdict {}
}
