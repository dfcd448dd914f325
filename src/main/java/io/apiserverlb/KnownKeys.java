package io.apiserverlb;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The keys that there are, so that one that does nothing is told and not just ignored. */
final class KnownKeys {
    static final String PREFIX = "lb";

    private static final Logger LOG = LoggerFactory.getLogger(KnownKeys.class);

    /** Canonical names by their uniform form. */
    private final Map<String, String> keys = new LinkedHashMap<>();

    KnownKeys(Class<? extends Record> properties) {
        add(PREFIX, properties);
    }

    private void add(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + dashed(component.getName());
            if (component.getType().isRecord()) {
                add(name, component.getType());
            } else {
                keys.put(uniform(name), name);
            }
        }
    }

    /**
     * Looks for unknown keys everywhere.
     *
     * @throws ConfigurationException for one from a file or an argument; one from the environment, where other programs put theirs, is
     *     only a warning
     */
    void requireOnlyThese(ConfigurableEnvironment environment) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                boolean ofProcess =
                        source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
                for (String key : enumerable.getPropertyNames()) {
                    require(key, ofProcess);
                }
            }
        }
    }

    private void require(String key, boolean fromEnvironment) {
        String bare = key.replaceAll("\\[\\d+]", "").replaceAll("_\\d+$", "");
        boolean ours = fromEnvironment
                ? bare.startsWith("LB_")
                : bare.toLowerCase(Locale.ROOT).startsWith("lb.");
        if (!ours || keys.containsKey(uniform(bare))) {
            return;
        }
        String message = key + " is no property of this program; the nearest is " + nearest(uniform(bare));
        if (!fromEnvironment) {
            throw new ConfigurationException(message);
        }
        LOG.warn("{}", message);
    }

    private String nearest(String uniform) {
        String best = "";
        int shortest = Integer.MAX_VALUE;
        for (Map.Entry<String, String> known : keys.entrySet()) {
            int distance = distance(uniform, known.getKey());
            if (distance < shortest) {
                shortest = distance;
                best = known.getValue();
            }
        }
        return best;
    }

    /** Levenshtein's: how many letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }

    static String constants(Class<?> enumType) {
        return Arrays.stream(enumType.getEnumConstants())
                .map(constant ->
                        ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
    }

    static String dashed(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** What all spellings of a key have in common. */
    private static String uniform(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}
