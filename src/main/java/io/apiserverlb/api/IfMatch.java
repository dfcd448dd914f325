package io.apiserverlb.api;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The versions of the list that a change may be made to (RFC 9110, 13.1.1).
 *
 * @param tags the strong entity tags without quotes, since weak ones match nothing here; null if any version will do
 */
record IfMatch(@Nullable List<String> tags) {
    private static final Pattern NEXT_TAG = Pattern.compile("\\G(W/)?\"([!#-~\\x80-\\xff]*)\"[ \\t]*(,[ \\t,]*|$)");

    static IfMatch parse(List<String> headers) {
        String value = String.join(",", headers).strip();
        return new IfMatch(headers.isEmpty() || value.equals("*") ? null : tags(value));
    }

    private static List<String> tags(String value) {
        List<String> tags = new ArrayList<>();
        Matcher tag = NEXT_TAG.matcher(value);
        int end = 0;
        while (tag.find()) {
            end = tag.end();
            if (tag.group(1) == null) {
                tags.add(tag.group(2));
            }
        }
        if (end == 0 || end < value.length()) {
            throw ProblemException.malformed("If-Match must be * or versions in quotes, such as \"7\"");
        }
        return tags;
    }

    /**
     * The version that the list must still have when it is changed; empty if any will do.
     *
     * @throws ProblemException if none of the tags is the current version
     */
    OptionalLong expected(long current) {
        if (tags == null) {
            return OptionalLong.empty();
        }
        if (!tags.contains(Long.toString(current))) {
            throw new ProblemException(
                    HttpStatus.PRECONDITION_FAILED,
                    "the list is at version " + current + ", which If-Match does not name");
        }
        return OptionalLong.of(current);
    }
}
