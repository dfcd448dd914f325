package io.apiserverlb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of {@code docs/bad-input.md}: what was given to the product, and what it said. The document has to say the same; with the property
 * {@code bad-input.write} it is made to.
 */
public final class BadInputs {
    private static final Path DOCUMENT = Path.of("docs", "bad-input.md");
    private static final Path RESOURCES = Path.of("src", "test", "resources");
    private static final String HEADING = "## ";

    private final String section;
    private final List<String> rows = new ArrayList<>();

    /** @param section of the document, by its heading */
    public BadInputs(String section) {
        this.section = section;
    }

    /** The inputs that a fuzz test begins with, by their names in words. */
    public static Map<String, byte[]> of(Class<?> fuzzTest) {
        Path folder = RESOURCES.resolve(fuzzTest.getName().replace('.', '/') + "Inputs");
        Map<String, byte[]> inputs = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                inputs.put(file.getFileName().toString().replace('-', ' '), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(inputs).isNotEmpty();
        return inputs;
    }

    /** Adds a row. */
    public void tried(String input, String... answer) {
        Stream<String> cells = Stream.concat(Stream.of(input), Stream.of(answer));
        rows.add(cells.map(BadInputs::cell).collect(Collectors.joining(" | ", "| ", " |")));
    }

    private static String cell(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;");
    }

    /** Fails where the document has another table than this. */
    public void requireDocumented() throws IOException {
        try (FileChannel channel = FileChannel.open(DOCUMENT, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var unused = channel.lock();
            List<String> lines = Files.readAllLines(DOCUMENT);
            int begin = lines.indexOf(HEADING + section) + 1;
            assertThat(begin).as("the heading %s in %s", section, DOCUMENT).isPositive();
            int end = begin;
            while (end < lines.size() && !lines.get(end).startsWith(HEADING)) {
                end++;
            }
            int table = begin;
            while (table < end && !lines.get(table).startsWith("|-")) {
                table++;
            }
            int last = ++table;
            while (last < end && lines.get(last).startsWith("|")) {
                last++;
            }
            assertThat(table).as("a table below %s in %s", section, DOCUMENT).isLessThanOrEqualTo(end);
            if (System.getProperty("bad-input.write") == null) {
                assertThat(rows)
                        .as("the table below %s in %s; -Dbad-input.write writes it anew", section, DOCUMENT)
                        .isEqualTo(lines.subList(table, last));
                return;
            }
            List<String> written = new ArrayList<>(lines.subList(0, table));
            written.addAll(rows);
            written.addAll(lines.subList(last, lines.size()));
            Files.writeString(DOCUMENT, String.join("\n", written) + "\n", StandardCharsets.UTF_8);
        }
    }
}
