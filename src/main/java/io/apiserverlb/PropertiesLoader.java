package io.apiserverlb;

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
     * @throws ConfigurationException if a key is unknown or a value not allowed
     */
    LbProperties load() {
        new KnownKeys(LbProperties.class).requireOnlyThese(environment);
        WebSettings.of(environment);
        return LbProperties.of(Section.of(environment, KnownKeys.PREFIX));
    }
}
