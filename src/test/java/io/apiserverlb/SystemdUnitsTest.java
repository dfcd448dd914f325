package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units of systemd, by what systemd says of them, and the environment that they give the service. */
class SystemdUnitsTest {
    private static final Path UNITS = Path.of("systemd");
    private static final String SERVICE = "apiserver-lb.service";
    private static final String SOCKET = "apiserver-lb.socket";
    private static final String DROP_IN = "apiserver-lb.service.d/k3s-discovery.conf";
    /** The first version that looks at a file without a systemd that runs. */
    private static final int OFFLINE = 250;
    /** Of 100; what is left is mostly the network. */
    private static final int MOST_EXPOSURE = 15;

    @TempDir
    private Path folder;

    private static String text(String unit) throws Exception {
        return Files.readString(UNITS.resolve(unit));
    }

    private static List<String> values(String unit, String key) throws Exception {
        Matcher lines = Pattern.compile("(?m)^" + key + "=(.*)$").matcher(text(unit));
        return lines.results().map(line -> line.group(1)).toList();
    }

    /** With this JDK's java, as not every machine has one in /usr/bin. */
    private Path copy() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.createDirectories(folder.resolve(DROP_IN).getParent());
        Files.writeString(folder.resolve(SERVICE), text(SERVICE).replace("/usr/bin/java", java));
        Files.writeString(folder.resolve(SOCKET), text(SOCKET));
        Files.writeString(folder.resolve(DROP_IN), text(DROP_IN));
        return folder;
    }

    private Client.Result analyze(String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of("systemd-analyze"), Stream.of(arguments))
                .toArray(String[]::new);
        return Client.run(folder, Map.of("LC_ALL", "C.UTF-8"), command);
    }

    private void requireSystemd() throws Exception {
        Client.require("systemd-analyze");
        Matcher version =
                Pattern.compile("systemd (\\d+)").matcher(analyze("--version").output());
        Assumptions.assumeTrue(
                version.find() && Integer.parseInt(version.group(1)) >= OFFLINE,
                "systemd-analyze is older than 250: this test is skipped");
    }

    @Test
    void areWhatSystemdUnderstands() throws Exception {
        requireSystemd();
        copy();

        Client.Result result = analyze("verify", "--man=no", "./" + SERVICE, "./" + SOCKET);

        assertThat(result.output()).isEmpty();
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void exposeLittleMoreThanTheNetwork() throws Exception {
        requireSystemd();
        copy();

        Client.Result result = analyze("security", "--offline=true", "--threshold=" + MOST_EXPOSURE, "./" + SERVICE);

        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    @Test
    void giveTheServiceAnEnvironmentThatItUnderstands() throws Exception {
        Blueprint blueprint = EnvironmentOf.blueprint(environment());

        assertThat(blueprint.properties().listen()).isEqualTo(values(SOCKET, "ListenStream"));
        assertThat(blueprint.stateFile()).isEqualTo(Path.of("/var/lib/apiserver-lb/apiserver.json"));
        assertThat(blueprint.properties().shutdown().drain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(blueprint.properties().discovery().k3s().tokenFile())
                .isEqualTo(Path.of("/run/credentials/" + SERVICE + "/k3s-token"));
    }

    private static Map<String, String> environment() throws Exception {
        Map<String, String> environment = new HashMap<>();
        for (String unit : List.of(SERVICE, DROP_IN)) {
            for (String line : values(unit, "Environment")) {
                for (String variable : line.split(" ", -1)) {
                    String[] parts = variable.split("=", 2);
                    environment.put(
                            parts[0], parts[1].replace("%S", "/var/lib").replace("%d", "/run/credentials/" + SERVICE));
                }
            }
        }
        return environment;
    }

    @Test
    void comeBeforeWhatNeedsThem() throws Exception {
        assertThat(values(SERVICE, "Before"))
                .isEqualTo(values(SOCKET, "Before"))
                .singleElement()
                .asString()
                .contains(
                        "kubelet.service",
                        "k3s.service",
                        "k3s-agent.service",
                        "rke2-server.service",
                        "rke2-agent.service");
    }

    /** systemd waits for the longer of the two: sessions that end, and the process that does not. */
    @Test
    void leaveTimeToStop() throws Exception {
        LbProperties.Shutdown shutdown =
                EnvironmentOf.blueprint(environment()).properties().shutdown();

        assertThat(Duration.ofSeconds(
                        Long.parseLong(values(SERVICE, "TimeoutStopSec").get(0))))
                .isGreaterThan(shutdown.grace().plus(shutdown.drain()).plusSeconds(10));
    }
}
