package io.apiserverlb.check;

import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What an API server says of itself at {@code /version}. Pure. */
final class KubernetesVersion {
    private static final String FIELD = "gitVersion";
    private static final Pattern PLAUSIBLE = Pattern.compile("v?\\d{1,4}\\.\\d{1,6}[0-9A-Za-z.+~_-]{0,50}");

    private KubernetesVersion() {}

    /** The {@code gitVersion} of the answer; empty if there is none that looks like one. */
    static Optional<String> parse(String json) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean found = parser.currentName().equals(FIELD);
                JsonToken value = parser.nextToken();
                if (found && value == JsonToken.VALUE_STRING) {
                    return Optional.of(parser.getString())
                            .filter(text -> PLAUSIBLE.matcher(text).matches());
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
