package io.apiserverlb.chart;

import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The chart's schema of values. */
final class Schema {
    /**
     * What can be set.
     *
     * @param pointer its place among the values
     */
    record Option(String pointer, JsonNode schema) {
        /** The pointer of what it is in. */
        String parent() {
            return pointer.substring(0, pointer.lastIndexOf('/'));
        }

        String name() {
            return pointer.substring(pointer.lastIndexOf('/') + 1);
        }
    }

    private Schema() {}

    /** In order, but for what is a parent chart's. */
    static Stream<Option> options() {
        return options(Yaml.read(Chart.FOLDER.resolve("values.schema.json")), "")
                .filter(option -> !option.pointer().equals("/global"));
    }

    private static Stream<Option> options(JsonNode schema, String pointer) {
        return schema.has("properties")
                ? schema.get("properties")
                        .propertyStream()
                        .flatMap(entry -> options(entry.getValue(), pointer + "/" + entry.getKey()))
                : Stream.of(new Option(pointer, schema));
    }

    /** The same places among values: an option that is an object itself is one. */
    static Stream<String> leaves(JsonNode values, String pointer) {
        boolean inner = values.isObject()
                && options().noneMatch(option -> option.pointer().equals(pointer));
        return inner
                ? values.propertyStream().flatMap(entry -> leaves(entry.getValue(), pointer + "/" + entry.getKey()))
                : Stream.of(pointer);
    }
}
