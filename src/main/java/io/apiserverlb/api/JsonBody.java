package io.apiserverlb.api;

import static io.apiserverlb.pool.OneLine.quoted;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON object in a request's body, read strictly: all its faults are found, each named by its JSON pointer.
 *
 * <p>Text that is no JSON is malformed (400); all else is an invalid value (422), one of a wrong type as well as one out of range. After
 * the properties have been asked for, {@link #requireNoFaults} has to be called.
 */
final class JsonBody {
    /** No request needs more. */
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(20)
            .maxNameLength(1_000)
            .maxNumberLength(100)
            .maxStringLength(10_000)
            .build();

    private static final JsonMapper STRICT = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int MAX_BYTES = 1024 * 1024;
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final byte[] NOTHING = {'{', '}'};

    private final JsonNode root;
    private final List<Problem.Fault> faults = new ArrayList<>();

    private JsonBody(JsonNode root) {
        this.root = root;
    }

    /**
     * Reads a body that may have these properties.
     *
     * @throws ProblemException if it is too long or no JSON
     */
    static JsonBody read(HttpServletRequest request, Set<String> properties) {
        return parse(bytes(request), properties);
    }

    /** As {@link #read}, and no body says as much as an empty object. */
    static JsonBody readIfAny(HttpServletRequest request, Set<String> properties) {
        byte[] bytes = bytes(request);
        return parse(bytes.length == 0 ? NOTHING : bytes, properties);
    }

    private static byte[] bytes(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new ProblemException(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "a body is taken as it is, not with Content-Encoding " + quoted(encoding));
        }
        byte[] bytes;
        try {
            bytes = request.getInputStream().readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw ProblemException.malformed("the body could not be read to its end");
        }
        if (bytes.length > MAX_BYTES) {
            throw new ProblemException(HttpStatus.CONTENT_TOO_LARGE, "the body is longer than " + MAX_BYTES + " bytes");
        }
        return bytes;
    }

    private static JsonBody parse(byte[] bytes, Set<String> properties) {
        JsonBody body = new JsonBody(object(bytes, properties));
        for (String name : body.root.propertyNames()) {
            if (!properties.contains(name)) {
                body.fault(pointer(name), "there is no " + quoted(name) + " here, only " + known(properties));
            }
        }
        return body;
    }

    private static JsonNode object(byte[] bytes, Set<String> properties) {
        JsonNode tree;
        try {
            tree = STRICT.readTree(text(bytes));
        } catch (StreamConstraintsException e) {
            throw ProblemException.malformed(
                    "the body has a name, a number or a text that is too long, or too many levels");
        } catch (MismatchedInputException e) {
            throw ProblemException.malformed("the body is no JSON: there is something after its end");
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String place = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            throw ProblemException.malformed("the body is no JSON: " + place + e.getOriginalMessage());
        }
        if (tree.isMissingNode()) {
            throw ProblemException.malformed("the body is empty");
        }
        if (!tree.isObject()) {
            throw ProblemException.invalid(
                    List.of(new Problem.Fault("", "the body must be an object with " + known(properties))));
        }
        return tree;
    }

    /** JSON between programs is UTF-8 (RFC 8259, 8.1), with or without a byte order mark; the parser would guess. */
    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw ProblemException.malformed("the body is not UTF-8");
        }
    }

    private static String known(Set<String> properties) {
        return String.join(", ", new TreeSet<>(properties));
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private void fault(String pointer, String detail) {
        faults.add(new Problem.Fault(pointer, detail));
    }

    /** Makes it a fault if none of these properties is there. */
    void requireAnyOf(Set<String> properties) {
        if (properties.stream().noneMatch(root::has)) {
            fault("", "at least one of " + known(properties) + " is needed");
        }
    }

    /** @throws ProblemException with all faults found so far */
    void requireNoFaults() {
        if (!faults.isEmpty()) {
            throw ProblemException.invalid(faults);
        }
    }

    /**
     * A property that may be missing.
     *
     * @param reader throws {@link IllegalArgumentException} with the reason if the value is a fault
     * @return null if it is missing or a fault
     */
    <T> @Nullable T optional(String name, Function<JsonNode, T> reader) {
        return root.has(name) ? value(root.get(name), pointer(name), reader) : null;
    }

    /** The same for a property that must be there. */
    <T> @Nullable T required(String name, Function<JsonNode, T> reader) {
        if (!root.has(name)) {
            fault(pointer(name), name + " is missing");
        }
        return optional(name, reader);
    }

    /** The elements of an array that must be there; those that are faults are left out. */
    <T> List<T> elements(String name, int max, Function<JsonNode, T> reader) {
        List<T> elements = new ArrayList<>();
        JsonNode array = root.path(name);
        if (!array.isArray()) {
            fault(pointer(name), name + (array.isMissingNode() ? " is missing" : " must be an array"));
        } else if (array.size() > max) {
            fault(pointer(name), name + " has " + array.size() + " elements; at most " + max + " are allowed");
        } else {
            for (int i = 0; i < array.size(); i++) {
                T element = value(array.get(i), pointer(name) + "/" + i, reader);
                if (element != null) {
                    elements.add(element);
                }
            }
        }
        return elements;
    }

    private <T> @Nullable T value(JsonNode node, String pointer, Function<JsonNode, T> reader) {
        try {
            return reader.apply(node);
        } catch (IllegalArgumentException e) {
            fault(pointer, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
