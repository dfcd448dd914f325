package io.apiserverlb.proxy;

/** How far a session had come when it ended: the second of the two termination flags, as in HAProxy's configuration manual (8.5). */
enum Phase {
    /** Every server had been tried in vain, and the client waited for one. */
    QUEUE('Q'),
    /** A server was being connected to. */
    CONNECT('C'),
    /** A server was connected to. */
    DATA('D');

    private final char letter;

    Phase(char letter) {
        this.letter = letter;
    }

    char letter() {
        return letter;
    }
}
