package io.apiserverlb;

import java.security.Security;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Starts apiserver-lb, or does what {@code --check} or {@code --status} ask. */
@SpringBootApplication(
        // The rooms that Spring has to do with: to look through the others for beans takes time, and finds none.
        scanBasePackages = {"io.apiserverlb.api", "io.apiserverlb.actuate", "io.apiserverlb.demo"},
        exclude = {
            ValidationAutoConfiguration.class, // see NoValidation
            SecurityFilterAutoConfiguration.class // see AccessConfiguration
        })
@Import({BalancerBeans.class, LateBeans.class, WebListenerConfiguration.class})
public class ApiserverLbApplication {
    public static void main(String[] args) {
        List<String> arguments = List.of(args);
        if (arguments.contains("--check")) {
            System.exit(new CheckCommand(System.out, System.err).run(args));
        } else if (arguments.contains("--status")) {
            System.exit(new StatusCommand(System.out, System.err).run(args));
        }
        Termination termination = new Termination();
        termination.install();
        // Spring would use another core to load beforehand what the web side needs: clients wait for none of it.
        System.setProperty("spring.backgroundpreinitializer.ignore", "true");
        // Names are resolved again when it is due; a cache of the JDK's, read once at the first look-up, would only
        // delay that.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        try {
            application().run(args);
            termination.allow();
        } catch (RuntimeException e) {
            System.exit(1); // it has been reported
        }
    }

    static SpringApplication application() {
        SpringApplication application = new SpringApplication(ApiserverLbApplication.class);
        application.addInitializers(new LoadBalancerInitializer());
        return application;
    }
}
