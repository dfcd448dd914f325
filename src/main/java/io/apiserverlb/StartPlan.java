package io.apiserverlb;

import io.apiserverlb.proxy.ListenAddress;
import java.nio.file.Path;
import org.springframework.core.env.ConfigurableEnvironment;

/** The whole configuration, each part found fit for the others: what a start and {@code --check} have in common. */
record StartPlan(LbProperties properties, WebSettings web, Blueprint blueprint) {

    /**
     * Reads the configuration from an environment.
     *
     * @throws ConfigurationException if nothing can be started with it
     */
    static StartPlan of(ConfigurableEnvironment environment) {
        WebSettings web = WebSettings.of(environment);
        web.addresses().forEach(WebAddress::requireOfThisHost);
        LbProperties properties = new PropertiesLoader(environment).load(web);
        Blueprint blueprint = Blueprint.of(properties, NodeName.get(), Path.of(System.getProperty("user.home")));
        blueprint.frontend().listen().forEach(listen -> requireFree(listen, web));
        blueprint.refuseOnlyWhereAlone(false);
        return new StartPlan(properties, web, blueprint);
    }

    private static void requireFree(ListenAddress listen, WebSettings web) {
        for (WebAddress other : web.addresses()) {
            if (listen.sockets().stream().anyMatch(socket -> Collisions.between(socket, other.occupied()))) {
                throw ConfigurationException.of(
                        "lb.listen",
                        listen.text(),
                        "%1$s.address and %1$s.port have %2$s, and each needs a socket of its own"
                                .formatted(other.prefix(), other));
            }
        }
    }
}
