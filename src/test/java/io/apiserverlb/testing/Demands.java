package io.apiserverlb.testing;

import org.jspecify.annotations.Nullable;

/** What is demanded of every parser of what comes from outside; cheap, since fuzz tests ask it a million times. */
public final class Demands {
    private Demands() {}

    /** A message that operators or callers are shown says something, in one line that is not long. */
    public static void readable(@Nullable String message, int longest) {
        if (message == null || message.isBlank()) {
            throw new AssertionError("there is no message");
        }
        demand(message.length() <= longest, "a message has " + message.length() + " characters: " + message);
        for (int i = 0; i < message.length(); i++) {
            int type = Character.getType(message.codePointAt(i));
            boolean shown = type != Character.CONTROL
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR
                    && type != Character.SURROGATE;
            demand(
                    shown || Character.isLowSurrogate(message.charAt(i)),
                    "a message is not one line of text: " + message);
        }
    }

    /** What has been written is read as what it was. */
    public static void same(Object read, Object written) {
        demand(read.equals(written), "read " + read + " where " + written + " was written");
    }

    /** Fails with these words unless it holds. */
    public static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
