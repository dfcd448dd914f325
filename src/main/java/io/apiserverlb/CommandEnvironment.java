package io.apiserverlb;

import java.util.function.Consumer;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/** The environment that the service would have, for commands that look at it and end. */
final class CommandEnvironment {
    private CommandEnvironment() {}

    static void use(String[] args, Consumer<ConfigurableEnvironment> command) {
        SpringApplication application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        try (ConfigurableApplicationContext context = application.run(args)) {
            command.accept(context.getEnvironment());
        }
    }

    /** A source of no beans. */
    static final class Nothing {}
}
