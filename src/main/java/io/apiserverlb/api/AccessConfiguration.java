package io.apiserverlb.api;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/**
 * Puts the access rules before all else, and headers into every answer, on the application's port and on Actuator's.
 *
 * <p>Loaded twice where Actuator has a port of its own: by component scanning into the application's context, and by Actuator into the
 * child context of its port, to which no filter and no setting of the parent's web server applies.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class AccessConfiguration {
    @Bean
    FilterRegistrationBean<AccessFilter> accessFilterRegistration(AccessFilter filter) {
        FilterRegistrationBean<AccessFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<InstanceFilter> instanceFilterRegistration(InstanceFilter filter) {
        return new FilterRegistrationBean<>(filter);
    }

    @Bean
    @Conditional(NoFiles.ChildOnly.class)
    static NoFiles noFiles() {
        return new NoFiles();
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> securityHeaders() {
        return factory -> factory.addEngineValves(new SecurityHeaders());
    }
}
