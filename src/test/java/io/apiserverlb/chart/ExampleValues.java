package io.apiserverlb.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Values that installations might have; together they have a value of their own for each option. */
enum ExampleValues {
    DAEMONSET("daemonset.yaml"),
    DAEMONSET_WITHOUT_HANDOVER("daemonset-without-handover.yaml"),
    SIDECAR("sidecar.yaml");

    static final Path FOLDER = Path.of("src/test/resources/chart");

    private final String file;

    ExampleValues(String file) {
        this.file = file;
    }

    String yaml() {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On top of the chart's own, as Helm does it. JSON is YAML, too. */
    JsonNode withDefaults() {
        return merge((ObjectNode) Yaml.read(Chart.FOLDER.resolve("values.yaml")), Yaml.read(FOLDER.resolve(file)));
    }

    private static ObjectNode merge(ObjectNode under, JsonNode over) {
        over.propertyStream().forEach(entry -> {
            JsonNode below = under.path(entry.getKey());
            boolean both = below.isObject() && entry.getValue().isObject();
            under.set(entry.getKey(), both ? merge((ObjectNode) below, entry.getValue()) : entry.getValue());
        });
        return under;
    }
}
