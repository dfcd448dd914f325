package io.apiserverlb;

import io.apiserverlb.demo.DemoCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Sets the profile {@code demo} up: three servers of its own, their CA, and a state file that disappears with them. */
final class Demo {
    private Demo() {}

    /** Starts the servers and makes them the balancer's, unless the configuration names others. */
    static DemoCluster start(ConfigurableEnvironment environment) {
        DemoCluster cluster = new DemoCluster(InstantSource.system(), new SecureRandom());
        try {
            Path folder = Files.createTempDirectory("apiserver-lb-demo");
            Path ca = Files.writeString(
                    folder.resolve("ca.crt"), cluster.authority().certificatePem());
            Path state = folder.resolve("state.json");
            for (Path path : new Path[] {folder, ca, state}) {
                path.toFile().deleteOnExit();
            }
            boolean others = Binder.get(environment)
                    .bind("lb.server-addresses", Bindable.listOf(String.class))
                    .isBound();
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource(
                            "demo",
                            others
                                    ? Map.of()
                                    : Map.of(
                                            "lb.server-addresses", String.join(",", cluster.addresses()),
                                            "lb.check.ca-file", ca.toString(),
                                            "lb.state-file", state.toString())));
        } catch (IOException e) {
            throw new UncheckedIOException("the demo needs a temporary folder", e);
        }
        return cluster;
    }
}
