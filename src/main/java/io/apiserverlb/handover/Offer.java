package io.apiserverlb.handover;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one process has to hand over, in the words that it says it with.
 *
 * @param listeners how many descriptors will follow
 * @param instance by which probes tell the process that has them
 */
record Offer(int listeners, String instance) {
    private static final Pattern WORDS = Pattern.compile("(\\d{1,3}) (.*)");

    /** @throws HandoverException if these are no such words */
    static Offer parse(String words) throws HandoverException {
        Matcher matcher = WORDS.matcher(words);
        if (!matcher.matches()) {
            throw new HandoverException("the process before speaks another language");
        }
        return new Offer(Integer.parseInt(matcher.group(1)), matcher.group(2));
    }

    String words() {
        return listeners + " " + instance;
    }
}
