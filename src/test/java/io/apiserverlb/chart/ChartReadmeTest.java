package io.apiserverlb.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The chart's README, whose table is made from the schema. */
class ChartReadmeTest {
    private static final Path README = Chart.FOLDER.resolve("README.md");
    private static final String HEAD = "| value | default | meaning |\n|---|---|---|\n";
    private static final String BEGIN = "<!-- values: made from values.schema.json -->\n";
    private static final String END = "<!-- end of values -->\n";

    /** {@code -Dchart.readme=write} writes it instead. */
    @Test
    void hasATableOfAllValues() throws Exception {
        String readme = Files.readString(README);
        String expected = readme.substring(0, readme.indexOf(BEGIN) + BEGIN.length())
                + HEAD
                + rows()
                + readme.substring(readme.indexOf(END));

        if ("write".equals(System.getProperty("chart.readme"))) {
            Files.writeString(README, expected);
        }

        assertThat(Files.readString(README))
                .as("mvn test -Dtest=ChartReadmeTest -Dchart.readme=write makes it anew")
                .isEqualTo(expected);
    }

    private static String rows() {
        JsonNode defaults = Yaml.read(Chart.FOLDER.resolve("values.yaml"));
        return Schema.options()
                .map(option -> "| `%s` | `%s` | %s |\n"
                        .formatted(
                                option.pointer().substring(1).replace('/', '.'),
                                defaults.at(option.pointer()),
                                meaning(option.schema())))
                .collect(Collectors.joining());
    }

    private static String meaning(JsonNode schema) {
        String words = schema.path("description").asString("");
        JsonNode choices = schema.path("enum");
        if (words.isEmpty() && choices.isMissingNode()) {
            return "as in Kubernetes";
        }
        return words.isEmpty()
                ? choices.valueStream()
                        .map(choice -> "`" + choice.stringValue() + "`")
                        .collect(Collectors.joining(", "))
                : words;
    }
}
