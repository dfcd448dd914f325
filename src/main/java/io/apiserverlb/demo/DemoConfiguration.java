package io.apiserverlb.demo;

import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Runs the demo's servers for as long as the application runs. */
@Configuration(proxyBeanMethods = false)
@Profile("demo")
class DemoConfiguration {
    @Bean
    DemoCluster demoCluster() {
        return new DemoCluster(InstantSource.system(), new SecureRandom());
    }
}
