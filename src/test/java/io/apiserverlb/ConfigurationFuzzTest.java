package io.apiserverlb;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;
import static io.apiserverlb.testing.Demands.same;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.proxy.ListenAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Text of operators and, in the case of addresses, of callers and clusters: each text is given to all who read a value. */
class ConfigurationFuzzTest {
    private static final int LONGEST_MESSAGE = 1_000;

    @FuzzTest
    void readsValues(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        serverAddress(text);
        seedUrl(text);
        cidr(text);
        listenAddress(text);
        duration(text);
        descriptors(text);
        properties(text);
    }

    private static void serverAddress(String text) {
        try {
            ServerAddress address = ServerAddress.parse(text, 6443);
            same(ServerAddress.parse(address.toString(), 1), address);
            same(new ServerAddress(address.host(), address.port()), address);
            boolean plain = address.toString().chars().allMatch(c -> c > ' ' && c < 0x7f);
            demand(plain && address.toString().length() <= 253 + 8, "is no address: " + address);
            // As the JDK would: what is a name must not be an address to somebody else.
            demand(address.isName() == address.ip().isEmpty(), "neither name nor address: " + address);
        } catch (InvalidAddressException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void seedUrl(String text) {
        try {
            SeedUrl seed = SeedUrl.parse(text);
            demand(seed.text().equals(text), "is not kept as it was given: " + text);
            same(SeedUrl.parse("https://" + seed.address()).address(), seed.address());
            demand(seed.sameServer(SeedUrl.parse(text)), "is not the same server as itself: " + text);
            demand(text.indexOf('@') < 0, "has a password, perhaps: " + text);
        } catch (InvalidAddressException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
            boolean quotes = String.valueOf(e.getMessage()).indexOf('\'') >= 0;
            demand(text.indexOf('@') < 0 || !quotes, "quotes a password: " + e.getMessage());
        }
    }

    private static void cidr(String text) {
        try {
            Cidr range = Cidr.parse(text);
            same(Cidr.parse(range.toString()), range);
            demand(range.contains(range.network()), "is not in itself: " + range);
        } catch (InvalidAddressException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void listenAddress(String text) {
        try {
            ListenAddress address = ListenAddress.parse(text);
            same(ListenAddress.parse(address.text()), address);
            for (InetSocketAddress socket : address.sockets()) {
                demand(!socket.isUnresolved(), "is no IP address: " + text);
            }
            demand(!address.host().isEmpty(), "cannot be connected to: " + text);
        } catch (IllegalArgumentException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void duration(String text) {
        try {
            same(Durations.parse(Durations.text(Durations.parse(text))), Durations.parse(text));
            demand(Durations.parse(text).toNanos() >= 0, "is negative: " + text);
        } catch (IllegalArgumentException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void descriptors(String text) {
        try {
            List<Integer> passedOn = InheritedSockets.descriptors(Map.of("LISTEN_FDS", text, "LISTEN_PID", "7"), 7);
            demand(passedOn.size() <= 1_000, "are too many: " + text);
            demand(passedOn.isEmpty() || passedOn.get(0) == 3, "are not systemd's: " + passedOn);
        } catch (ConfigurationException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    /** Lines of {@code key=value}, as from a file of properties without its escapes. */
    private static void properties(String text) {
        Map<String, Object> values = new LinkedHashMap<>();
        text.lines().limit(50).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && line.startsWith("lb.")) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        if (values.isEmpty()) {
            return;
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("fuzz", values));
        try {
            LbProperties properties = new PropertiesLoader(environment).load();
            Blueprint blueprint = Blueprint.of(properties, "node", Path.of("home"));
            demand(blueprint.frontend().listen().size() >= 1, "listens nowhere: " + text);
        } catch (ConfigurationException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }
}
