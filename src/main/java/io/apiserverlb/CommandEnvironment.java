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

    /**
     * Runs a command in it.
     *
     * @return false if there is none, and the reason has been told
     */
    static boolean use(String[] args, Consumer<ConfigurableEnvironment> command) {
        SpringApplication application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        ConfigurableApplicationContext context;
        try {
            context = application.run(args);
        } catch (RuntimeException e) {
            return false;
        }
        try (context) {
            command.accept(context.getEnvironment());
        }
        return true;
    }

    /** A source of no beans. */
    static final class Nothing {}
}
