package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apiserverlb.pool.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class PropertiesLoaderTest {
    /** Durations that are 0. */
    private static final Set<String> OFF = Set.of("lb.idle-timeout", "lb.max-session-age", "lb.shutdown.grace");

    private static final LbProperties DEFAULTS = load(Map.of());

    @Test
    void readsListsWithCommasAndRelaxedSpellings() {
        LbProperties properties = load(Map.of(
                "lb.serverUrl", "https://a:1, https://b:2",
                "lb.server-addresses[0]", "10.0.0.1",
                "lb.server-addresses[1]", "10.0.0.2:7443",
                "lb.policy", "round_robin",
                "lb.connect.hedge-after", "0"));

        assertThat(properties.serverUrl()).containsExactly("https://a:1", "https://b:2");
        assertThat(properties.serverAddresses()).containsExactly("10.0.0.1", "10.0.0.2:7443");
        assertThat(properties.policy()).isEqualTo(Policy.ROUND_ROBIN);
        assertThat(properties.connect().hedgeAfter()).isEqualTo(Duration.ZERO);
    }

    @Test
    void readsNamesOfThisHostAsTheHostHeaderMeansThem() {
        assertThat(load(Map.of("lb.admin.host-names", "LB.example, lb.example.net.,192.0.2.7"))
                        .admin()
                        .hostNames())
                .containsExactly("lb.example", "lb.example.net", "192.0.2.7");
    }

    @Test
    void readsTheEnvironmentAndOnlyWarnsOfForeignKeysThere() {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("LB_SERVER_URL", "https://a:1", "LB_SERVICE_HOST", "10.43.0.9")));

        assertThat(new PropertiesLoader(environment).load().serverUrl()).containsExactly("https://a:1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lb.polcy | failover | lb.polcy is no property of this program; the nearest is lb.policy
            lb.check.intervall | 3s | lb.check.intervall is no property of this program; the nearest is lb.check.interval
            lb.server-adresses[0] | a:1 | lb.server-adresses[0] is no property of this program; the nearest is lb.server-addresses
            lb.policy | best | lb.policy: 'best' is not allowed: it must be one of least-connections, round-robin, random-two, failover, source, latency
            lb.prefer | near | lb.prefer: 'near' is not allowed: it must be one of none, local
            lb.check.interval | 5 | lb.check.interval: '5' is not allowed: a duration is a whole number with a unit, such as 500ms, 5s or 1m, or 0
            lb.check.interval | 100ms | lb.check.interval: '100ms' is not allowed: it must be at least 200ms
            lb.connect.timeout | 10ms | lb.connect.timeout: '10ms' is not allowed: it must be at least 50ms
            lb.connect.hedge-after | 10ms | lb.connect.hedge-after: '10ms' is not allowed: it must be 0 (off) or at least 50ms
            lb.idle-timeout | 49ms | lb.idle-timeout: '49ms' is not allowed: it must be 0 (off) or at least 50ms
            lb.max-session-age | 1ms | lb.max-session-age: '1ms' is not allowed: it must be 0 (off) or at least 50ms
            lb.tcp.keepalive-idle | 1500ms | lb.tcp.keepalive-idle: '1500ms' is not allowed: it must be whole seconds, from 1s to 32767s
            lb.check.timeout | 0 | lb.check.timeout: '0' is not allowed: it must be at least 50ms
            lb.check.reconnect | 49ms | lb.check.reconnect: '49ms' is not allowed: it must be 0 or at least 50ms
            lb.drain-timeout | 10ms | lb.drain-timeout: '10ms' is not allowed: it must be 0 or at least 50ms
            lb.tcp.keepalive-interval | 60000m | lb.tcp.keepalive-interval: '60000m' is not allowed: it must be whole seconds, from 1s to 32767s
            lb.tcp.keepalive-interval | 10h | lb.tcp.keepalive-interval: '10h' is not allowed: it must be whole seconds, from 1s to 32767s
            lb.tcp.user-timeout | 30d | lb.tcp.user-timeout: '30d' is not allowed: it must be at most 24d
            lb.tcp.keepalive-count | 0 | lb.tcp.keepalive-count: '0' is not allowed: it must be between 1 and 127
            lb.check.jitter | 0.6 | lb.check.jitter: '0.6' is not allowed: it must be between 0.0 and 0.5
            lb.check.rise | 0 | lb.check.rise: '0' is not allowed: it must be at least 1
            lb.check.path | readyz | lb.check.path: 'readyz' is not allowed: it must begin with / and hold no blank
            lb.check.type | http | lb.check.type: 'http' is not allowed: it must be one of tcp, tls, https
            lb.max-connections | many | lb.max-connections: 'many' is not allowed: it must be a whole number
            lb.max-connections | 0 | lb.max-connections: '0' is not allowed: it must be at least 1
            lb.max-connections-per-client | -1 | lb.max-connections-per-client: '-1' is not allowed: it must be at least 0
            lb.zero-servers | hope | lb.zero-servers: 'hope' is not allowed: it must be one of reset, refuse, wait
            lb.session-log | perhaps | lb.session-log: 'perhaps' is not allowed: it must be true or false
            lb.discovery.kind | dns | lb.discovery.kind: 'dns' is not allowed: it must be one of none, kubernetes, k3s
            lb.discovery.port | 0 | lb.discovery.port: '0' is not allowed: it must be between 1 and 65535
            lb.discovery.k3s.supervisor-port | 65536 | lb.discovery.k3s.supervisor-port: '65536' is not allowed: it must be between 1 and 65535
            lb.discovery.k3s.program | k4s | lb.discovery.k3s.program: 'k4s' is not allowed: it must be one of k3s, rke2
            server.port | 70000 | server.port: '70000' is not allowed: it must be between 0 and 65535
            server.port | -1 | server.port: '-1' is not allowed: it must be between 0 and 65535
            server.address | '' | server.address: '' is not allowed: it must be an address of this host
            management.server.port | 70000 | management.server.port: '70000' is not allowed: it must be between 0 and 65535, or -1 for no port
            management.server.port | abc | management.server.port: 'abc' is not allowed: it must be between 0 and 65535, or -1 for no port
            management.server.port | -2 | management.server.port: '-2' is not allowed: it must be between 0 and 65535, or -1 for no port
            management.server.address | 127.0.0.1 | management.server.address: '127.0.0.1' is not allowed: it is for a port of Actuator's own: set management.server.port to another one than server.port
            server.address | 999.1.1.1 | server.address: '999.1.1.1' is not allowed: it must be an address of this host
            lb.admin.client-names | ops,dev | lb.admin.client-names: 'ops,dev' is not allowed: no caller is asked for a certificate; set server.ssl.client-auth to want or need
            lb.admin.host-names | lb.example:8080 | lb.admin.host-names: 'lb.example:8080' is not allowed: it must be a name as a Host header has it, without a port
            lb.admin.host-names | http://lb.example | lb.admin.host-names: 'http://lb.example' is not allowed: it must be a name as a Host header has it, without a port
            lb.admin.host-names | lb .example | lb.admin.host-names: 'lb .example' is not allowed: it must be a name as a Host header has it, without a port
            lb.name | a/b | lb.name: 'a/b' is not allowed: 63 letters, digits, '.', '_' and '-' at most
            """)
    void namesThePropertyTheValueAndWhatIsAllowed(String key, String value, String message) {
        assertThatThrownBy(() -> load(Map.of(key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope.invalid", ""})
    void wantsAnAddressOfThisHostForActuatorToo(String address) {
        assertThatThrownBy(() -> load(Map.of("management.server.port", "0", "management.server.address", address)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("management.server.address: '" + address
                        + "' is not allowed: it must be an address of this host");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lb.server-addresses | 10.0.0.256:1 | lb.server-addresses: '10.0.0.256:1' is not allowed: '10.0.0.256'
            lb.server-addresses | 1.2.3.4:99999 | lb.server-addresses: '1.2.3.4:99999' is not allowed: the port
            lb.server-url | ftp://a | lb.server-url: 'ftp://a' is not allowed:
            lb.server-url | https://u:secret@a | lb.server-url: '…' is not allowed:
            lb.listen | here:1 | lb.listen: 'here:1' is not allowed:
            lb.listen | '' | lb.listen: at least one address is needed
            lb.clients.allow | 10.0.0.0/33 | lb.clients.allow: '10.0.0.0/33' is not allowed: '10.0.0.0/33' does not end in a prefix
            lb.clients.deny | here | lb.clients.deny: 'here' is not allowed: 'here' is not an IP address
            lb.discovery.allow | 10.0.0.0/x | lb.discovery.allow: '10.0.0.0/x' is not allowed: '10.0.0.0/x' does not end in a prefix
            lb.discovery.deny | there | lb.discovery.deny: 'there' is not allowed: 'there' is not an IP address
            lb.discovery.kind | k3s | lb.discovery.k3s.token-file: is missing, but needed with lb.discovery.kind=k3s
            lb.check.token-file | /nowhere | lb.check.ca-file: is missing, but needed with token-file /nowhere
            """)
    void namesThePropertyOfAnAddressThatIsNone(String key, String value, String message) {
        LbProperties properties = load(Map.of(key, value));

        assertThatThrownBy(() -> Blueprint.of(properties, "node", Path.of("/home")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void needsAPortToCloseAndOpenAgain() {
        LbProperties properties = load(Map.of("lb.zero-servers", "refuse", "lb.listen", "127.0.0.1:6444,127.0.0.2:0"));

        assertThatThrownBy(() -> Blueprint.of(properties, "node", Path.of("/home")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "lb.zero-servers: 'refuse' is not allowed: lb.listen must name a port for it, as 127.0.0.2:0"
                                + " could not be bound again");
    }

    @Test
    void applicationYmlDescribesEveryPropertyWithItsDefault() throws Exception {
        String described = Files.readString(Path.of("application.yml"))
                .lines()
                .filter(line -> line.startsWith("#lb:") || line.startsWith("#  "))
                .map(line -> line.substring(1))
                .filter(line -> !line.strip().startsWith("#"))
                .collect(Collectors.joining("\n"));
        Map<String, Object> keys = new HashMap<>();
        ConfigurableEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader()
                .load("described", new ByteArrayResource(described.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .forEach(source -> {
                    environment.getPropertySources().addFirst(source);
                    for (String key : ((MapPropertySource) source).getPropertyNames()) {
                        keys.put(key, source.getProperty(key));
                    }
                });

        Blueprint blueprint = Blueprint.of(DEFAULTS, "node", Path.of("/home"));
        List<String> all = Effective.lines(DEFAULTS, blueprint)
                .map(line -> line.substring(0, line.indexOf('=')))
                .toList();

        assertThat(keys.keySet()).containsExactlyInAnyOrderElementsOf(all);
        keys.values().removeIf(value -> String.valueOf(value).isEmpty());
        assertThat(load(keys)).isEqualTo(DEFAULTS);
    }

    @Test
    void showsServersWithTheirPorts() {
        LbProperties properties = load(Map.of("lb.server-addresses", "h1,[::1]:7443"));

        assertThat(Effective.lines(properties, Blueprint.of(properties, "node", Path.of("/home"))))
                .containsOnlyOnce("lb.server-addresses=h1:6443,[::1]:7443")
                .contains("lb.check.reconnect=1m", "lb.idle-timeout=0");
    }

    @Test
    void takesZeroWhereItMeansAtOnce() {
        LbProperties properties = load(Map.of("lb.check.reconnect", "0", "lb.drain-timeout", "0"));

        assertThat(properties.check().reconnect()).isZero();
        assertThat(properties.drainTimeout()).isZero();
    }

    @Test
    void eachKeySetsItsOwnPropertyAndNoOther() {
        Blueprint blueprint = Blueprint.of(DEFAULTS, "node", Path.of("/home"));
        Set<String> defaults = lines(DEFAULTS, blueprint);
        Map<String, String> choices = Map.of(
                "lb.policy", "latency",
                "lb.prefer", "local",
                "lb.zero-servers", "wait",
                "lb.admin.host-names", "seven",
                "lb.on-down", "keep",
                "lb.on-removed", "close",
                "lb.fail-back", "never",
                "lb.check.type", "tcp",
                "lb.discovery.kind", "kubernetes",
                "lb.discovery.k3s.program", "rke2");
        assertThat(defaults).allSatisfy(line -> {
            String key = line.substring(0, line.indexOf('='));
            String value = OFF.contains(key)
                    ? "7s"
                    : choices.getOrDefault(key, another(line.substring(line.indexOf('=') + 1)));
            Set<String> lines =
                    lines(LbProperties.of(Section.of(environment(Map.of(key, value)), KnownKeys.PREFIX)), blueprint);
            lines.removeAll(defaults);
            assertThat(lines).containsExactly(key + "=" + value);
        });
    }

    private static Set<String> lines(LbProperties properties, Blueprint blueprint) {
        return Effective.lines(properties, blueprint)
                .filter(line -> !Effective.OF_BLUEPRINT.contains(line.substring(0, line.indexOf('='))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String another(String value) {
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true") ? "false" : "true";
        }
        if (value.startsWith("/")) {
            return "/7";
        }
        return value.startsWith("0.") ? "0.2" : value.matches("\\d+m?s|\\d+m") ? "7s" : "7";
    }

    private static LbProperties load(Map<String, ?> values) {
        return new PropertiesLoader(environment(values)).load();
    }

    private static ConfigurableEnvironment environment(Map<String, ?> values) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", new HashMap<>(values)));
        return environment;
    }
}
