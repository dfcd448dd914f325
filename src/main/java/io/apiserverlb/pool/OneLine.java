package io.apiserverlb.pool;

import java.util.regex.Pattern;

/** Text of unknown origin as it may stand in a message, which is for logs, events, terminals and callers: short, and on one line. */
public final class OneLine {
    private static final int LONGEST = 1_000;
    private static final int LONGEST_QUOTE = 300;
    /** Control characters, halves of surrogate pairs and what else has no look of its own; the ends of lines and paragraphs. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private OneLine() {}

    /** A whole message. */
    public static String of(String text) {
        return shown(text, LONGEST);
    }

    /** A value within a message. */
    public static String quoted(String text) {
        return "'" + excerpt(text) + "'";
    }

    /** Of a value that tells itself where it ends, such as JSON, within a message. */
    public static String excerpt(String text) {
        return shown(text, LONGEST_QUOTE);
    }

    /** All of it, however long. */
    static String unbroken(String text) {
        return UNSEEN.matcher(text).replaceAll("?");
    }

    private static String shown(String text, int longest) {
        String start = text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
        return unbroken(start);
    }
}
