package io.apiserverlb;

import java.nio.file.Path;
import java.util.Map;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What the product makes of an environment that a file of this project gives it. */
final class EnvironmentOf {
    private EnvironmentOf() {}

    /**
     * As at a start, but for the files that are named.
     *
     * @throws ConfigurationException if it is not allowed
     */
    static Blueprint blueprint(Map<String, String> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(variables)));
        return Blueprint.of(new PropertiesLoader(environment).load(), "node", Path.of("/"));
    }
}
