package io.apiserverlb.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** YAML as a tree; a key may stand there once only. */
final class Yaml {
    private Yaml() {}

    static JsonNode read(Path file) {
        try {
            return all(Files.readString(file)).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each document that is not empty. */
    static List<JsonNode> all(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return StreamSupport.stream(
                        new org.yaml.snakeyaml.Yaml(options).loadAll(text).spliterator(), false)
                .map(document -> JsonMapper.shared().<JsonNode>valueToTree(document))
                .filter(document -> !document.isNull())
                .toList();
    }
}
