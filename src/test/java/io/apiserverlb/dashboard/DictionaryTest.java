package io.apiserverlb.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboard's words: the same in both languages, and none that is used is missing. */
class DictionaryTest {
    private static final Path STATIC = Path.of("src/main/resources/static");
    private static final Path MODULES = STATIC.resolve("dashboard");
    private static final Pattern ENTRY = Pattern.compile("(?m)^  '([\\w.-]+)': (['\"]).+\\2,$");
    private static final Pattern LINE = Pattern.compile("(?m)^  \\S.*$");
    private static final Pattern PLACE = Pattern.compile("\\{\\w+\\}");
    /** Keys in scripts and in the page; a key that goes on with a value is written {@code `prefix.${value}`}. */
    private static final List<Pattern> USES = List.of(
            Pattern.compile("\\bt\\(`?'?([\\w.-]+)['`$]"),
            Pattern.compile("\\btn\\('([\\w.-]+)'"),
            Pattern.compile("\\bword\\('([\\w.-]+)'"),
            Pattern.compile("\\btexts\\([`']([\\w.-]+)"),
            Pattern.compile("\\? '([a-z]+\\.[\\w.-]+)' : '[a-z]+\\.[\\w.-]+'\\)?"),
            Pattern.compile("\\? '[a-z]+\\.[\\w.-]+' : '([a-z]+\\.[\\w.-]+)'"),
            Pattern.compile("\\b(?:key|name): '([a-z]+\\.[\\w.]+)'"),
            Pattern.compile("data-t(?:-\\w+)?=\"([\\w.-]+)\""));

    private final Set<String> english = keys("en.js");
    private final Set<String> chinese = keys("zh.js");

    @Test
    void bothLanguagesHaveTheSameKeys() {
        assertThat(english).hasSizeGreaterThan(200);
        assertThat(chinese).isEqualTo(english);
    }

    @Test
    void everyLineOfADictionaryIsAnEntry() {
        for (String file : List.of("en.js", "zh.js")) {
            assertThat(all(LINE, text(MODULES.resolve(file)), 0))
                    .as(file)
                    .allSatisfy(line -> assertThat(line).matches(ENTRY));
        }
    }

    @Test
    void translationsHaveTheSamePlacesForValues() {
        List<String> en = all(LINE, text(MODULES.resolve("en.js")), 0);
        List<String> zh = all(LINE, text(MODULES.resolve("zh.js")), 0);

        assertThat(zh.stream().map(DictionaryTest::places))
                .isEqualTo(en.stream().map(DictionaryTest::places).toList());
    }

    @Test
    void everyKeyThatIsUsedExists() {
        Set<String> used = new TreeSet<>();
        for (Path file : sources()) {
            USES.forEach(use -> used.addAll(all(use, text(file), 1)));
        }

        assertThat(used)
                .hasSizeGreaterThan(100)
                .allSatisfy(key -> assertThat(english)
                        .as("a key that is, or begins with, '%s'", key)
                        .anyMatch(known -> known.equals(key) || known.startsWith(key.endsWith(".") ? key : key + ".")));
    }

    private static String places(String entry) {
        return entry.strip().split("'", 3)[1] + new TreeSet<>(all(PLACE, entry, 0));
    }

    private static Set<String> keys(String file) {
        return new TreeSet<>(all(ENTRY, text(MODULES.resolve(file)), 1));
    }

    private static List<Path> sources() {
        try (Stream<Path> modules = Files.list(MODULES)) {
            List<Path> sources = new ArrayList<>(
                    modules.filter(file -> file.toString().endsWith(".js")).toList());
            sources.add(STATIC.resolve("index.html"));
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> all(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(match -> match.group(group)).toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
