package io.apiserverlb;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class BadConfigurationTest {
    /** By how the names of inputs begin: the property that is given such a value. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "seed", "lb.server-url", "cidr", "lb.clients.deny", "listen", "lb.listen", "duration", "lb.check.interval");

    @Test
    void isRefusedAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Configuration");
        BadInputs.of(ConfigurationFuzzTest.class).forEach((name, bytes) -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (name.startsWith("properties")) {
                Map<String, Object> values = text.lines()
                        .map(line -> line.split("=", 2))
                        .collect(Collectors.toMap(
                                part -> part[0], part -> part[1], (a, b) -> b, LinkedHashMap<String, Object>::new));
                table.tried(name, answer(values));
            } else if (name.startsWith("descriptors")) {
                table.tried(name, descriptors(text));
            } else {
                String property = PROPERTIES.getOrDefault(name.split(" ", 2)[0], "lb.server-addresses");
                table.tried(name, answer(Map.of(property, text)));
            }
        });
        table.tried("server addresses: 1,000", answer(many("lb.server-addresses", "10.0.", 1_000)));
        table.tried("server addresses: 1,001", answer(many("lb.server-addresses", "10.0.", 1_001)));
        table.tried("ranges of clients: 1,001", answer(many("lb.clients.allow", "10.0.", 1_001)));

        table.requireDocumented();
    }

    private static Map<String, Object> many(String property, String begin, int count) {
        String values = IntStream.range(0, count)
                .mapToObj(i -> begin + i / 250 + "." + i % 250)
                .collect(Collectors.joining(","));
        return Map.of(property, values);
    }

    private static String answer(Map<String, Object> values) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", values));
        try {
            Blueprint.of(new PropertiesLoader(environment).load(), "node", Path.of("home"));
            return "is taken";
        } catch (ConfigurationException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String descriptors(String text) {
        try {
            return "is taken: " + InheritedSockets.descriptors(Map.of("LISTEN_FDS", text, "LISTEN_PID", "7"), 7);
        } catch (ConfigurationException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
