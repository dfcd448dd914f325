package io.apiserverlb.state;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.Setting;
import io.apiserverlb.state.SavedState.SavedSetting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state file as JSON text: key for key and blank for blank what the k3s agent writes, then our own keys, which it ignores.
 *
 * <p>Reading is strict about types, since a value of another type means that something else wrote the file, and keeps what it
 * does not know for the next writing.
 */
final class StateJson {
    /** No list of API servers comes near; what is larger is not a state file. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final String SERVER_URL = "ServerURL";
    private static final String SERVER_ADDRESSES = "ServerAddresses";
    /** A field that k3s of 2021 wrote and never set. */
    private static final String LISTENER = "Listener";

    private static final String MANAGED = "Managed";
    private static final String CONFIGURED = "Configured";
    private static final String DISCOVERED = "Discovered";
    private static final String SETTINGS = "Settings";
    private static final String VERSION = "Version";
    static final String ADMIN = "Admin";
    static final String WEIGHT = "Weight";
    static final String ABSENT_SINCE = "AbsentSince";

    private static final Set<String> KNOWN =
            Set.of(SERVER_URL, SERVER_ADDRESSES, LISTENER, MANAGED, CONFIGURED, DISCOVERED, SETTINGS, VERSION);

    /** Numbers are kept as they are written: what a later version means by them is not for this one to round. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final DefaultPrettyPrinter GO_STYLE = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(INDENTER)
            .withArrayIndenter(INDENTER);

    private StateJson() {}

    static byte[] write(SavedState state) {
        ObjectNode file = MAPPER.createObjectNode();
        file.put(SERVER_URL, state.serverUrl());
        put(file, SERVER_ADDRESSES, state.serverAddresses());
        file.putNull(LISTENER);
        put(file, MANAGED, state.managed());
        put(file, CONFIGURED, state.configured());
        put(file, DISCOVERED, state.discovered());
        ObjectNode settings = file.putObject(SETTINGS);
        state.settings().forEach((address, setting) -> put(settings.putObject(address), setting));
        state.unknown()
                .settings()
                .forEach((address, rest) -> settings.withObjectProperty(address).setAll(rest));
        file.put(VERSION, state.version());
        file.setAll(state.unknown().keys());
        return MAPPER.writer().with(GO_STYLE).writeValueAsBytes(file);
    }

    private static void put(ObjectNode file, String key, List<String> texts) {
        ArrayNode array = file.putArray(key);
        texts.forEach(array::add);
    }

    private static void put(ObjectNode object, SavedSetting setting) {
        object.put(ADMIN, setting.admin());
        object.put(WEIGHT, setting.weight());
        if (setting.absentSince() != null) {
            object.put(ABSENT_SINCE, setting.absentSince());
        }
    }

    static SavedState read(byte[] json) throws CorruptStateException {
        if (json.length > MAX_BYTES) {
            throw new CorruptStateException("it is larger than " + MAX_BYTES + " bytes");
        }
        JsonNode file = parse(json);
        if (!file.isObject() || !(file.has(SERVER_URL) || file.has(SERVER_ADDRESSES))) {
            throw new CorruptStateException("it is no JSON object with " + SERVER_URL + " and " + SERVER_ADDRESSES);
        }
        String url = text(file, SERVER_URL);
        return new SavedState(
                url == null ? "" : url,
                texts(file, SERVER_ADDRESSES),
                Stream.of(MANAGED, CONFIGURED, DISCOVERED, SETTINGS, VERSION).anyMatch(file::has),
                texts(file, MANAGED),
                texts(file, CONFIGURED),
                texts(file, DISCOVERED),
                settings(file),
                number(file, VERSION, 0, ServerList.LAST_VERSION),
                unknown(file));
    }

    /** The settings in it are all that there are, until it is known which of them are understood. */
    private static Unknown unknown(JsonNode file) {
        Map<String, JsonNode> keys = new LinkedHashMap<>();
        file.properties().stream()
                .filter(entry -> !KNOWN.contains(entry.getKey()))
                .forEach(entry -> keys.put(entry.getKey(), entry.getValue()));
        Map<String, ObjectNode> settings = new LinkedHashMap<>();
        file.path(SETTINGS).properties().forEach(entry -> settings.put(entry.getKey(), (ObjectNode) entry.getValue()));
        return new Unknown(keys, settings);
    }

    private static JsonNode parse(byte[] json) throws CorruptStateException {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new CorruptStateException("it is not JSON: " + e.getOriginalMessage());
        } catch (NumberFormatException e) { // by Jackson, for which it is no JacksonException
            throw new CorruptStateException("it has a number beyond all bounds");
        }
    }

    private static @Nullable String text(JsonNode object, String key) throws CorruptStateException {
        JsonNode value = object.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw wrongType(key, "a string", value);
        }
        return value.stringValue();
    }

    /** The strings of an array; none where it is absent, or null, which is how Go writes a list that was never set. */
    private static List<String> texts(JsonNode object, String key) throws CorruptStateException {
        JsonNode value = object.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrongType(key, "an array of strings", value);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isString()) {
                throw wrongType(key, "an array of strings", element);
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    private static Map<String, SavedSetting> settings(JsonNode file) throws CorruptStateException {
        JsonNode settings = file.path(SETTINGS);
        if (settings.isMissingNode() || settings.isNull()) {
            return Map.of();
        }
        if (!settings.isObject()) {
            throw wrongType(SETTINGS, "an object", settings);
        }
        Map<String, SavedSetting> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : settings.properties()) {
            result.put(entry.getKey(), setting(entry.getValue()));
        }
        return result;
    }

    private static SavedSetting setting(JsonNode object) throws CorruptStateException {
        if (!object.isObject()) {
            throw wrongType(SETTINGS, "an object of objects", object);
        }
        String admin = text(object, ADMIN);
        return new SavedSetting(
                admin == null ? SavedSetting.text(Setting.DEFAULT.admin()) : admin,
                (int) number(object, WEIGHT, Setting.DEFAULT.weight(), Integer.MAX_VALUE),
                text(object, ABSENT_SINCE));
    }

    private static long number(JsonNode object, String key, long absent, long max) throws CorruptStateException {
        JsonNode value = object.path(key);
        if (value.isMissingNode()) {
            return absent;
        }
        boolean whole = value.isIntegralNumber() && value.canConvertToLong();
        if (!whole || value.longValue() < 0 || value.longValue() > max) {
            throw wrongType(key, "a whole number from 0 to " + max, value);
        }
        return value.longValue();
    }

    private static CorruptStateException wrongType(String key, String expected, JsonNode found) {
        return new CorruptStateException(key + " must be " + expected + ", found "
                + found.getNodeType().name().toLowerCase(Locale.ROOT));
    }
}
