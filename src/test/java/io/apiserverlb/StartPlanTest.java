package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What is wrong with one part of the configuration only beside another. */
class StartPlanTest {
    private static StartPlan plan(Map<String, String> values) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", new HashMap<>(values)));
        return StartPlan.of(environment);
    }

    private static void assertRefused(Map<String, String> values, String message) {
        assertThatThrownBy(() -> plan(values))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, 127.0.0.1, 127.0.0.1:8080",
        "localhost:8080, 127.0.0.1, 127.0.0.1:8080",
        "127.0.0.1:8080, localhost, localhost:8080",
        "0.0.0.0:8080, 127.0.0.1, 127.0.0.1:8080",
        "[::]:8080, 127.0.0.1, 127.0.0.1:8080",
        "127.0.0.2:8080, 0.0.0.0, 0.0.0.0:8080",
        "[::1]:8080, 0.0.0.0, 0.0.0.0:8080",
        "[::1]:8080, ::, [::]:8080"
    })
    void needsASocketForClientsAndOneForTheWeb(String listen, String address, String taken) {
        assertRefused(
                Map.of("lb.listen", "127.0.0.1:6444," + listen, "server.address", address),
                "lb.listen: '" + listen + "' is not allowed: server.address and server.port have " + taken
                        + ", and each needs a socket of its own");
    }

    @Test
    void needsAddressesOfThisHost() {
        assertRefused(
                Map.of("server.address", "203.0.113.9"),
                "server.address: '203.0.113.9' is not allowed: it must be an address of this host");
        assertRefused(
                Map.of("management.server.port", "0", "management.server.address", "203.0.113.9"),
                "management.server.address: '203.0.113.9' is not allowed: it must be an address of this host");
    }

    @Test
    void needsAnotherForActuator() {
        assertRefused(
                Map.of("lb.listen", "127.0.0.1:9464", "management.server.port", "9464"),
                "lb.listen: '127.0.0.1:9464' is not allowed: management.server.address and management.server.port have"
                        + " 0.0.0.0:9464, and each needs a socket of its own");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:6444, 127.0.0.1:6444",
        "127.0.0.1:6444, localhost:6444",
        "[::]:6444, 127.0.0.1:6444",
        "0.0.0.0:6444, 127.0.0.2:6444"
    })
    void needsASocketForEachAddress(String first, String second) {
        assertRefused(
                Map.of("lb.listen", first + "," + second),
                "lb.listen: '" + second + "' is not allowed: it listens where " + first
                        + " does, which stands before it");
    }

    @Test
    void takesWhatCanBeListenedOnTogether() {
        assertThat(plan(Map.of(
                                "lb.listen", "127.0.0.2:8080,127.0.0.1:6444,[::1]:6444,127.0.0.1:0,localhost:0",
                                "server.port", "8080",
                                "management.server.port", "0"))
                        .blueprint()
                        .frontend()
                        .listen())
                .hasSize(5);
    }

    @Test
    void takesAnAddressOfAnInterface() throws SocketException {
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(ip -> !ip.isLinkLocalAddress())
                .forEach(ip -> assertThat(plan(Map.of("server.address", ip.getHostAddress()))
                                .web()
                                .application()
                                .ip())
                        .isEqualTo(ip));
    }

    @Test
    void hasNoSocketForActuatorThatIsSwitchedOffOrWithTheRest() {
        assertThat(plan(Map.of("management.server.port", "-1")).web().addresses())
                .hasSize(1);
        assertThat(plan(Map.of("management.server.port", "8080")).web().addresses())
                .hasSize(1);
        assertThat(plan(Map.of("management.server.port", "9464")).web().addresses())
                .hasSize(2);
    }

    @Test
    void refusesClientsOnlyWhereNoOtherProcessListens() {
        assertRefused(
                Map.of("lb.zero-servers", "refuse", "lb.handover", "true"),
                "lb.zero-servers: 'refuse' is not allowed: it needs listeners of this process alone: neither lb.handover"
                        + " nor sockets of systemd");
    }
}
