package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README.md says in English, README.zh-CN.md says in Chinese: the same commands, names and links, section by section. */
class ReadmeTest {
    private static final Pattern FENCED = Pattern.compile("(?ms)^```$(.*?)^```$");
    private static final Pattern COMMENT = Pattern.compile("(?m) {2,}# .*$");
    private static final Pattern NAME = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)|<(http[^>]+)>|(?:src|srcset)=\"([^\"]+)\"");
    private static final Pattern PROPERTY = Pattern.compile("(?<![\\w.-])(?:--)?(lb\\.[a-z0-9.-]*[a-z0-9])");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^ +((?:LB|MANAGEMENT|SERVER)_[A-Z_]+)=");
    private static final Pattern ENGLISH = Pattern.compile("(?<![A-Za-z])(the|and|of|which|with)(?![A-Za-z])");

    private static final List<String> ENGLISH_SECTIONS = sections("README.md");
    private static final List<String> CHINESE_SECTIONS = sections("README.zh-CN.md");

    private static List<String> sections(String file) {
        String text;
        try {
            text = Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return List.of(
                text.replaceFirst("\n\\[[^\n]*\\]\\(README[^\n]*\n", "\n").split("(?m)^## ", -1));
    }

    private static List<String> found(Pattern pattern, String text) {
        List<String> all = new ArrayList<>();
        pattern.matcher(text)
                .results()
                .forEach(match -> all.add(Stream.iterate(1, group -> group + 1)
                        .limit(match.groupCount())
                        .map(match::group)
                        .filter(group -> group != null)
                        .findFirst()
                        .orElse(match.group())));
        return all;
    }

    private static String withoutCommands(String section) {
        return FENCED.matcher(section).replaceAll("");
    }

    private static List<String> commands(String section) {
        return found(FENCED, section).stream()
                .map(block -> COMMENT.matcher(block).replaceAll(""))
                .toList();
    }

    @Test
    void haveTheSameCommands() {
        assertThat(CHINESE_SECTIONS.stream().map(ReadmeTest::commands))
                .containsExactlyElementsOf(
                        ENGLISH_SECTIONS.stream().map(ReadmeTest::commands).toList());
        assertThat(commands(String.join("", ENGLISH_SECTIONS))).hasSizeGreaterThan(6);
    }

    @Test
    void nameTheSameThings() {
        assertThat(CHINESE_SECTIONS.stream().map(section -> new TreeSet<>(found(NAME, withoutCommands(section)))))
                .containsExactlyElementsOf(ENGLISH_SECTIONS.stream()
                        .map(section -> new TreeSet<>(found(NAME, withoutCommands(section))))
                        .toList());
    }

    @Test
    void leadToTheSamePlacesWhichAreThere() {
        List<TreeSet<String>> links = ENGLISH_SECTIONS.stream()
                .map(section -> new TreeSet<>(found(LINK, section)))
                .toList();

        assertThat(CHINESE_SECTIONS.stream().map(section -> new TreeSet<>(found(LINK, section))))
                .containsExactlyElementsOf(links);
        assertThat(links.stream().flatMap(Set::stream).filter(link -> !link.startsWith("http")))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(Path.of(link)).exists());
    }

    @Test
    void nameOnlyPropertiesThatThereAre() throws IOException {
        Set<String> properties = CommentedKeys.of(Path.of("application.yml"));
        Set<String> named = new TreeSet<>(found(PROPERTY, String.join("", ENGLISH_SECTIONS)));

        assertThat(named).hasSizeGreaterThan(8);
        assertThat(properties).containsAll(named);
    }

    @Test
    void nameWhatTheImageSets() throws IOException {
        List<String> set = found(VARIABLE, Files.readString(Path.of("Dockerfile")));

        assertThat(set).contains("LB_STATE_FILE").hasSizeGreaterThan(3);
        assertThat(ENGLISH_SECTIONS)
                .filteredOn(section -> section.startsWith("Image"))
                .singleElement()
                .satisfies(section -> assertThat(found(NAME, section)).containsAll(set));
    }

    @Test
    void isChinese() {
        assertThat(CHINESE_SECTIONS)
                .allSatisfy(section -> assertThat(
                                NAME.matcher(withoutCommands(section)).replaceAll(""))
                        .doesNotContainPattern(ENGLISH)
                        .containsPattern("\\p{IsHan}"));
    }
}
