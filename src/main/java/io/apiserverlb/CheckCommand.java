package io.apiserverlb;

import io.apiserverlb.api.TokenFile;
import io.apiserverlb.api.TokenFile.UnusableFileException;
import io.apiserverlb.state.StateFile;
import io.apiserverlb.tls.ClientTls;
import io.apiserverlb.tls.TlsSettingsException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;

/** {@code --check}: validates configuration, files and credentials, and prints what would be in effect. */
final class CheckCommand {
    private final PrintStream out;
    private final PrintStream err;

    CheckCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** The exit code: 0 if the service would start with this, else 1. */
    int run(String[] args) {
        try {
            return CommandEnvironment.use(args, this::check) ? 0 : 1;
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private void check(ConfigurableEnvironment environment) {
        StartPlan start = StartPlan.of(environment);
        LbProperties properties = start.properties();
        Blueprint blueprint = start.blueprint();
        try {
            new ClientTls(blueprint.tls(), Optional::empty, InstantSource.system(), err::println).verifyFiles();
        } catch (TlsSettingsException e) {
            throw Blueprint.explain(e);
        }
        ClusterPlan plan = ClusterPlan.of(blueprint, InstantSource.system(), System::nanoTime);
        plan.requireSeed(StateFile.seeds(blueprint.stateFile(), blueprint.seeds()));
        requireToken(properties.admin().tokenFile());
        Effective.lines(properties, blueprint).forEach(out::println);
        plan.credentials().ifPresent(whose -> out.println("# credentials for the cluster: " + whose));
        WebSettings web = start.web();
        for (WebAddress address : web.addresses()) {
            out.println(address.prefix() + ".address=" + address.host());
            out.println(address.prefix() + ".port=" + address.port());
        }
        out.println("# REST and dashboard: " + web.uri("/"));
    }

    /** The service would start, and refuse every changing call. */
    private static void requireToken(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            new TokenFile(file).verify();
        } catch (UnusableFileException e) {
            throw ConfigurationException.of("lb.admin.token-file", file, String.valueOf(e.getMessage()));
        }
    }
}
