package io.apiserverlb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;
import org.yaml.snakeyaml.error.YAMLException;

class MalformedYamlTest {
    private static final String BAD = "lb:\n  name: a\n\tpolicy: latency\n";

    @TempDir
    private Path folder;

    private static YAMLException failure(String yaml) {
        return catchThrowableOfType(
                YAMLException.class,
                () -> new YamlPropertySourceLoader().load("test", new ByteArrayResource(yaml.getBytes(UTF_8))));
    }

    private Path write(String name, String yaml) throws IOException {
        Files.createDirectories(folder.resolve("config/a"));
        return Files.writeString(folder.resolve(name), yaml);
    }

    @ParameterizedTest
    @CsvSource({"application.yml", "application.yaml", "config/application-demo.yml", "config/a/application.yml"})
    void namesTheFileTheLineAndTheProblem(String name) throws IOException {
        write("application-good.yml", "lb.name: a");
        write("config/application-other.yml", "lb: [");
        Path file = write(name, BAD);

        assertThat(MalformedYaml.explain(failure(BAD), folder))
                .isEqualTo(file + ": line 3, column 1: found character '\\t(TAB)' that cannot start any token."
                        + " (Do not use \\t(TAB) for indentation)");
    }

    @Test
    void namesAKeyThatIsThereTwice() throws IOException {
        String yaml = "lb:\n  name: a\nlb:\n  name: b\n";
        Path file = write("application.yml", yaml);

        assertThat(MalformedYaml.explain(failure(yaml), folder))
                .isEqualTo(file + ": line 3, column 1: found duplicate key lb");
    }

    @Test
    void showsNothingElseOfTheFile() {
        assertThat(MalformedYaml.explain(failure("lb:\n  name: a: sesame\n"), folder))
                .isEqualTo("a configuration file: line 2, column 10: mapping values are not allowed here");
    }
}
