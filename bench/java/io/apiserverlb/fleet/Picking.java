package io.apiserverlb.fleet;

import java.util.Set;

/** How one node picks servers for its sessions; servers are numbers from 0. */
interface Picking {
    /** A session's place on a server, taken when the server was picked; ends by {@code refused} or {@code close}. */
    interface Place {
        int server();

        void connected();

        void refused();

        /** Another server is asked beside. */
        default void silent() {}

        void close();
    }

    /** What one check of a server found, or will make of it. */
    enum Verdict {
        PASS,
        NOT_READY,
        FAIL
    }

    /** What the sessions on a server are to do. */
    enum Sessions {
        STAY,
        /** They have time to leave. */
        DRAIN,
        /** Nothing comes from it any more. */
        LEAVE
    }

    Place pick(Set<Integer> tried);

    void checked(int server, Verdict verdict);

    Sessions sessionsOf(int server);

    /** Seconds until the next check. */
    double interval(int server);
}
