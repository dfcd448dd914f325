package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Policy;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/install.md tells people to write is what the product and the files of this project understand. */
class InstallGuideTest {
    private static final Path GUIDE = Path.of("docs/install.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern VARIABLE = Pattern.compile("`((?:LB|SERVER|MANAGEMENT)_[A-Z0-9_]+)=([^`…]*)`");
    private static final Pattern PATH = Pattern.compile("(?<![\\w/.-])((?:systemd|src|kubernetes)/[\\w./-]+)");

    @TempDir
    private Path folder;

    private static List<String> blocks(String kind) throws Exception {
        return BLOCK.matcher(Files.readString(GUIDE))
                .results()
                .filter(block -> block.group(1).equals(kind))
                .map(block -> block.group(2))
                .toList();
    }

    private static Map<String, String> variables(String block) {
        return block.lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }

    private static Blueprint haproxy() throws Exception {
        String block = blocks("env").stream()
                .filter(text -> text.contains("LB_NAME=k3s-api"))
                .findFirst()
                .orElseThrow();
        return EnvironmentOf.blueprint(variables(block));
    }

    @Test
    void itsEnvironmentsAreAllowed() throws Exception {
        List<String> blocks = blocks("env");

        assertThat(blocks).hasSizeGreaterThan(4);
        assertThat(blocks).allSatisfy(block -> {
            Map<String, String> variables = variables(block);
            Blueprint blueprint = EnvironmentOf.blueprint(variables);
            assertThat(blueprint.seeds().size() + blueprint.configured().size()).isPositive();
            assertThat(variables.keySet()).isSubsetOf(known());
        });
    }

    /** From the environment an unknown key is a warning only, so a misspelled one would pass. */
    private static Set<String> known() throws Exception {
        Set<String> known = new TreeSet<>(Set.of("SERVER_PORT", "MANAGEMENT_SERVER_ADDRESS", "MANAGEMENT_SERVER_PORT"));
        CommentedKeys.of(Path.of("application.yml"))
                .forEach(
                        key -> known.add(key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT)));
        return known;
    }

    @Test
    void whatReplacesHaproxyDoesTheSame() throws Exception {
        String cfg = blocks("haproxy").get(0);
        Blueprint blueprint = haproxy();
        LbProperties properties = blueprint.properties();

        assertThat(properties.listen()).containsExactly(value(cfg, "bind (\\S+)"));
        assertThat(properties.name()).isEqualTo(value(cfg, "default_backend (\\S+)"));
        assertThat(cfg).contains("balance roundrobin");
        assertThat(properties.policy()).isEqualTo(Policy.ROUND_ROBIN);
        assertThat(properties.check().fall()).isEqualTo(Integer.parseInt(value(cfg, "fall (\\d+)")));
        assertThat(properties.check().rise()).isEqualTo(Integer.parseInt(value(cfg, "rise (\\d+)")));
        assertThat(properties.check().type().name()).isEqualToIgnoringCase(value(cfg, "option (tcp)-check"));
        assertThat(properties.serverAddresses())
                .isEqualTo(Pattern.compile("server \\S+ (\\S+) check")
                        .matcher(cfg)
                        .results()
                        .map(server -> server.group(1))
                        .toList());
    }

    private static String value(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();
    }

    /** Each line of the one is in the table, and each of the other is in the text. */
    @Test
    void itsTableHasEveryLine() throws Exception {
        String guide = Files.readString(GUIDE);
        String table = guide.substring(guide.indexOf("| haproxy.cfg | here |"));

        assertThat(blocks("haproxy").get(0).lines().map(String::strip).filter(line -> !line.isEmpty()))
                .allSatisfy(line -> assertThat(table)
                        .contains(line.replaceAll("^backend k3s-api$", "default_backend k3s-api")
                                .replaceAll(" check fall .*", "")));
        assertThat(haproxyLines()).allSatisfy(line -> assertThat(table).contains("`" + line + "`"));
    }

    private static List<String> haproxyLines() throws Exception {
        return blocks("env").stream()
                .filter(text -> text.contains("LB_NAME=k3s-api"))
                .flatMap(String::lines)
                .toList();
    }

    @Test
    void theVariablesInItsTextAreAllowed() throws Exception {
        List<MatchResult> variables =
                VARIABLE.matcher(Files.readString(GUIDE)).results().toList();

        assertThat(variables).hasSizeGreaterThan(8).allSatisfy(variable -> {
            assertThat(known()).contains(variable.group(1));
            EnvironmentOf.blueprint(Map.of(variable.group(1), variable.group(2)));
        });
    }

    @Test
    void whatItNamesIsThere() throws Exception {
        String guide = Files.readString(GUIDE);

        assertThat(LINK.matcher(guide).results().map(link -> link.group(1)).filter(link -> !link.isEmpty()))
                .hasSizeGreaterThan(4)
                .allSatisfy(link -> assertThat(GUIDE.resolveSibling(link)).exists());
        assertThat(PATH.matcher(guide).results().map(path -> path.group(1)))
                .hasSizeGreaterThan(3)
                .allSatisfy(path -> assertThat(Path.of(path)).exists());
        assertThat(LINK.matcher(guide).results().filter(link -> link.group(2) != null))
                .allSatisfy(link -> assertThat(
                                headings(link.group(1).isEmpty() ? GUIDE : GUIDE.resolveSibling(link.group(1))))
                        .contains(link.group(2)));
    }

    /** As they are linked to. */
    private static List<String> headings(Path file) throws Exception {
        return Files.readString(file)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'))
                .toList();
    }

    @Test
    void itsCommandsAreCommands() throws Exception {
        Client.require("bash");

        Client.Result result = Client.run(folder, Map.of(), "bash", "-n", "-c", String.join("", blocks("")));

        assertThat(result.output()).isEmpty();
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void itsEditOfKubeletConfLeadsTheKubeletHere() throws Exception {
        Client.require("sed");
        Path file = folder.resolve("kubelet.conf");
        String cluster =
                "clusters:\n- cluster:\n    certificate-authority-data: c2VydmVyOiBodHRwczovLw==\n    server: %s\n";
        Files.writeString(file, cluster.formatted("https://192.168.1.229:6443"));
        String command = blocks("").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("sed "))
                .findFirst()
                .orElseThrow();

        Client.run(folder, Map.of(), "sh", "-c", command.replace("/etc/kubernetes/kubelet.conf", file.toString()));

        assertThat(file).hasContent(cluster.formatted("https://127.0.0.1:6444"));
    }

    /** The port of the unit is not the default, so each question to it has to name it. */
    @Test
    void itAsksWhereTheUnitAnswers() throws Exception {
        Properties unit = new Properties();
        unit.load(new StringReader(Files.readString(Path.of("systemd/apiserver-lb.service"))
                .replace("Environment=SERVER_PORT", "SERVER_PORT")));

        assertThat(blocks("").stream().flatMap(String::lines).filter(line -> line.contains("--status")))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("--server.port=" + unit.getProperty("SERVER_PORT")));
    }
}
