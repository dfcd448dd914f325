package io.apiserverlb;

import java.util.List;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads the configuration from an environment, and says in one line what is wrong with it. */
final class PropertiesLoader {
    private final ConfigurableEnvironment environment;

    PropertiesLoader(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /**
     * The balancer's properties.
     *
     * @throws ConfigurationException if a key is unknown, a value not allowed, or one makes no sense beside another
     */
    LbProperties load() {
        return load(WebSettings.of(environment));
    }

    /** The same beside a web side that has been read. */
    LbProperties load(WebSettings web) {
        new KnownKeys(LbProperties.class).requireOnlyThese(environment);
        LbProperties properties = LbProperties.of(Section.of(environment, KnownKeys.PREFIX));
        List<String> clientNames = properties.admin().clientNames();
        if (!clientNames.isEmpty() && !web.asksForCertificates()) {
            throw ConfigurationException.of(
                    "lb.admin.client-names",
                    String.join(",", clientNames),
                    "no caller is asked for a certificate; set server.ssl.client-auth to want or need");
        }
        return properties;
    }
}
