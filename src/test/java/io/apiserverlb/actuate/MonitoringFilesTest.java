package io.apiserverlb.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Prometheus and Grafana are given. */
class MonitoringFilesTest {
    private static final Path NOTHING = Path.of("/dev/null");

    @TempDir
    Path folder;

    @Test
    void alertsAreValid() throws Exception {
        Promtool.accepts(NOTHING, "check", "rules", MonitoringFiles.ALERTS.toString());
    }

    @Test
    void eachAlertFiresWhereItShouldAndNoneWhereAllIsWell() throws Exception {
        Promtool.accepts(NOTHING, "test", "rules", MonitoringFiles.ALERTS_TEST.toString());
    }

    @Test
    void eachAlertIsTestedAndDocumentedAndTellsWhatToDo() throws Exception {
        String alerts = Files.readString(MonitoringFiles.ALERTS);
        List<String> names = MonitoringFiles.alerts();

        assertThat(names).hasSizeGreaterThan(5);
        assertThat(Files.readString(MonitoringFiles.ALERTS_TEST)).contains(names);
        assertThat(Files.readString(MonitoringFiles.PAGE))
                .contains(names.stream().map(name -> "| `" + name + "` |").toList());
        for (String part : List.of("severity: ", "summary: ", "description: ", "runbook: ")) {
            assertThat(alerts.split(part, -1)).as(part).hasSize(names.size() + 1);
        }
    }

    @Test
    void theDashboardCanBeImportedAnywhere() throws Exception {
        JsonNode dashboard = dashboard();

        assertThat(dashboard
                        .at("/templating/list")
                        .valueStream()
                        .map(each -> each.get("name").stringValue()))
                .containsExactly("datasource", "lb", "node");
        assertThat(dashboard.findValues("datasource"))
                .isNotEmpty()
                .allMatch(source -> source.get("uid").stringValue().equals("${datasource}"));
        assertThat(dashboard.has("id")).as("the id of one installation").isFalse();
    }

    @Test
    void everyPanelHasAUnitWordsAndLegends() throws Exception {
        List<JsonNode> panels = panels();

        assertThat(panels).hasSizeGreaterThan(15);
        for (JsonNode panel : panels) {
            String title = panel.get("title").stringValue();
            assertThat(panel.at("/fieldConfig/defaults/unit").stringValue())
                    .as(title)
                    .isNotBlank();
            assertThat(panel.get("description").stringValue()).as(title).isNotBlank();
            assertThat(panel.get("targets").valueStream())
                    .as(title)
                    .isNotEmpty()
                    .allMatch(
                            target -> !target.get("legendFormat").stringValue().isBlank());
        }
        assertThat(panels.stream().map(panel -> panel.get("id").intValue())).doesNotHaveDuplicates();
    }

    @Test
    void everyQueryOfTheDashboardIsValid() throws Exception {
        String rules = MonitoringFiles.queries().stream()
                .map(query -> query.replace("$__rate_interval", "5m")
                        .replace("$lb", ".*")
                        .replace("$node", ".*"))
                .map(query -> "  - {record: 'a', labels: {n: '" + query.hashCode() + "'}, expr: '" + query + "'}\n")
                .collect(Collectors.joining("", "groups:\n- name: a\n  rules:\n", ""));
        Path file = Files.writeString(folder.resolve("rules.yaml"), rules);

        Promtool.accepts(NOTHING, "check", "rules", file.toString());
    }

    private static JsonNode dashboard() throws Exception {
        return JsonMapper.shared().readTree(Files.readString(MonitoringFiles.DASHBOARD));
    }

    private static List<JsonNode> panels() throws Exception {
        List<JsonNode> panels = new ArrayList<>();
        StreamSupport.stream(dashboard().get("panels").spliterator(), false)
                .filter(panel -> !panel.get("type").stringValue().equals("row"))
                .forEach(panels::add);
        return panels;
    }
}
