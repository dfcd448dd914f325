package io.apiserverlb;

import io.apiserverlb.pool.OneLine;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Says in one line where a configuration file is no YAML; the exception does not know which file it came from. */
final class MalformedYaml {
    private static final String NAMES = "application*.{yml,yaml}";

    private MalformedYaml() {}

    /** @param folder where the process was started */
    static String explain(YAMLException failure, Path folder) {
        Path config = folder.resolve("config");
        String file = Stream.concat(Stream.of(folder, config), folders(config).stream())
                .flatMap(each -> files(each).stream())
                .filter(each -> failsLike(failure, each))
                .map(Path::toString)
                .findFirst()
                .orElse("a configuration file");
        return OneLine.of(file + ": " + problem(failure));
    }

    private static List<Path> files(Path folder) {
        return list(folder, NAMES).stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> folders(Path folder) {
        return list(folder, "*").stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> list(Path folder, String names) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, names)) {
            return StreamSupport.stream(found.spliterator(), false).sorted().toList();
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
    }

    private static boolean failsLike(YAMLException failure, Path file) {
        try {
            new YamlPropertySourceLoader().load(file.toString(), new FileSystemResource(file));
            return false;
        } catch (YAMLException e) {
            return problem(e).equals(problem(failure));
        } catch (IOException e) {
            return false;
        }
    }

    /** Without the lines of the file that the message would show: they may hold anything. */
    private static String problem(YAMLException failure) {
        Mark mark = failure instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
        return mark == null
                ? String.valueOf(failure.getMessage())
                : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": "
                        + ((MarkedYAMLException) failure).getProblem();
    }
}
