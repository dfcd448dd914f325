package io.apiserverlb.state;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the state file holds that this version does not know: a newer one wrote it, and is to find it again.
 *
 * @param keys those of the file itself, in their order
 * @param settings by address, the entries that hold a key or a value that is not known; of an entry that is known but for some keys only
 *     these keys
 */
record Unknown(Map<String, JsonNode> keys, Map<String, ObjectNode> settings) {
    static final Unknown NOTHING = new Unknown(Map.of(), Map.of());

    /** The keys of a setting that this version knows. */
    private static final Set<String> KNOWN = Set.of(StateJson.ADMIN, StateJson.WEIGHT, StateJson.ABSENT_SINCE);

    Unknown {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /** The same with addresses as this version writes them. */
    Unknown spelled(UnaryOperator<String> spelling) {
        Map<String, ObjectNode> respelled = new LinkedHashMap<>();
        settings.forEach((address, entry) -> respelled.put(spelling.apply(address), entry));
        return new Unknown(keys, respelled);
    }

    /** What is left once these addresses have a setting that this version knows. */
    Unknown besides(Collection<String> addresses) {
        Map<String, ObjectNode> left = new LinkedHashMap<>();
        settings.forEach((address, entry) -> {
            ObjectNode rest = addresses.contains(address) ? entry.deepCopy().remove(KNOWN) : entry;
            if (!rest.isEmpty()) {
                left.put(address, rest);
            }
        });
        return new Unknown(keys, left);
    }

    /**
     * What is left to write beside the settings of these addresses: of one that was known but for some keys, and is forgotten by now, they
     * are forgotten, too.
     */
    Unknown withSettings(Collection<String> addresses) {
        Map<String, ObjectNode> left = new LinkedHashMap<>(besides(addresses).settings);
        left.entrySet()
                .removeIf(entry -> !addresses.contains(entry.getKey())
                        && SavedText.isAddress(entry.getKey())
                        && KNOWN.stream().noneMatch(entry.getValue()::has));
        return new Unknown(keys, left);
    }

    /** For a file of another cluster: what its keys told of that one is none of this one's. */
    Unknown ofSettings() {
        return new Unknown(Map.of(), settings);
    }
}
