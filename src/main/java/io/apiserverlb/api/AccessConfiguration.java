package io.apiserverlb.api;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;

/**
 * Puts the access rules before all that handles a call, and headers into every answer, on the application's port and on Actuator's.
 *
 * <p>Loaded twice where Actuator has a port of its own: by component scanning into the application's context, and by Actuator into the
 * child context of its port, to which no filter and no setting of the parent's web server applies.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class AccessConfiguration {
    /** Before those of Boot, one of which reads bodies; but for the one that counts calls, refused ones too, the first but one. */
    @Bean
    DelegatingFilterProxyRegistrationBean accessChainRegistration() {
        DelegatingFilterProxyRegistrationBean registration = new DelegatingFilterProxyRegistrationBean(
                AbstractSecurityWebApplicationInitializer.DEFAULT_FILTER_NAME);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        return registration;
    }

    @Bean
    FilterRegistrationBean<AdmissionFilter> admissionFilterRegistration(AdmissionFilter filter) {
        FilterRegistrationBean<AdmissionFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 3);
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
