package io.apiserverlb.proxy;

/**
 * Who or what ended a session: the first of the two termination flags, as in HAProxy's configuration manual (8.5); M, B, X and Z are this
 * balancer's own.
 */
enum Cause {
    /** Both sides have said all that they had to say. */
    DONE('-', "-"),
    /** The client broke the connection. */
    CLIENT_ABORTED('C', "QCD"),
    /** The server broke the connection, or none could be connected to. */
    SERVER_ABORTED('S', "CD"),
    /** The client was waited for too long. */
    CLIENT_TIMEOUT('c', "QCD"),
    /** The server, or any at all, was waited for too long. */
    SERVER_TIMEOUT('s', "QCD"),
    /** No descriptor, port or memory was left to this process. */
    RESOURCES('R', "QCD"),
    /** A mistake of this program. */
    INTERNAL('I', "QCD"),
    /** The server is down, not ready, or not the one that it should be. */
    DOWN('D', "D"),
    /** A listed server is usable again, and this one is a fallback. */
    UP('U', "D"),
    /** An operator closed the session, or drains its server. */
    KILLED('K', "QCD"),
    /** The session was old enough. */
    MAX_AGE('M', "QCD"),
    /** The server had more sessions than its share. */
    REBALANCE('B', "D"),
    /** The server is in the list no more. */
    REMOVED('X', "D"),
    /** This process ends. */
    SHUTDOWN('Z', "QCD");

    private final char letter;
    private final String phases;

    /** @param phases the second flags that may stand beside this one */
    Cause(char letter, String phases) {
        this.letter = letter;
        this.phases = phases;
    }

    char letter() {
        return letter;
    }

    /** Every second flag that may stand beside this one. */
    String phases() {
        return phases;
    }

    /** The second flag, of a session that had come this far. */
    char phaseLetter(Phase phase) {
        return this == DONE ? letter : phase.letter();
    }
}
