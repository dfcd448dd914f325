package io.apiserverlb.api;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * The way of a call through the access rules: a clean request, not another site's, credentials if it needs some, and the right to what it
 * asks for. What is not named here is not there.
 */
@Configuration(proxyBeanMethods = false)
class AccessChain {
    /** What everybody may read; below {@code /lb} some of it only on loopback. */
    private static final String[] OPEN = {
        "/", "/index.html", "/dashboard/**", "/webjars/**", "/lb", "/lb/**", "/demo/**", "/swagger-ui/**"
    };

    private final Connectors connectors;
    private final Refusals refusals;

    AccessChain(Connectors connectors, Refusals refusals) {
        this.connectors = connectors;
        this.refusals = refusals;
    }

    @Bean
    SecurityFilterChain accessRules(
            HttpSecurity http,
            AccessSettings settings,
            Credentials credentials,
            Logins logins,
            Rights rights,
            @Value("${springdoc.api-docs.path:/v3/api-docs}") String description,
            @Value("${springdoc.swagger-ui.path:/swagger-ui.html}") String swagger) {
        CrossSite crossSite = new CrossSite(settings.hostNames());
        return http
                // Whether a page of another site makes a call is told by what browsers say of each; there are no
                // cookies.
                .csrf(AbstractHttpConfigurer::disable)
                .addFilterBefore(new CrossSiteFilter(crossSite, connectors, refusals), LogoutFilter.class)
                .addFilterAt(login(credentials, logins), BasicAuthenticationFilter.class)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable) // see SecurityHeaders
                .anonymous(Customizer.withDefaults())
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .authorizeHttpRequests(
                        calls -> calls.requestMatchers(call -> Rights.areNeededFor(call, connectors.call(call)))
                                .access(rights)
                                .requestMatchers(
                                        EndpointRequest.toAnyEndpoint(),
                                        EndpointRequest.toLinks(),
                                        EndpointRequest.toAdditionalPaths(WebServerNamespace.SERVER, "health"),
                                        EndpointRequest.toAdditionalPaths(WebServerNamespace.MANAGEMENT, "health"))
                                .permitAll()
                                .requestMatchers(OPEN)
                                .permitAll()
                                .requestMatchers(description, description + "/**", description + ".yaml", swagger)
                                .permitAll()
                                .anyRequest()
                                .denyAll())
                .build();
    }

    private AuthenticationFilter login(Credentials credentials, Logins logins) {
        AuthenticationFilter login = new AuthenticationFilter(logins, credentials);
        login.setSuccessHandler((request, response, caller) -> {}); // it goes on, that is all
        login.setFailureHandler(refusals);
        return login;
    }

    /** One span and one timer tell all of a call. */
    @Bean
    SecurityObservationSettings observations() {
        return SecurityObservationSettings.noObservations();
    }

    /** Methods are the matter of the rights: an unknown one is a change. */
    @Bean
    HttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        return firewall;
    }
}
