package io.apiserverlb;

import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * TLS of one of the web servers, its files read and proved before anything starts.
 *
 * <p>Spring reads the same properties again when it makes the web server, and it is Spring that serves by them.
 *
 * @param certificate what it shows of itself
 * @param clientAuth whether clients are asked for a certificate, and have to show one
 */
record WebTls(X509Certificate certificate, ClientAuth clientAuth) {
    /**
     * What stands below a prefix; empty if nothing does, or TLS is switched off there.
     *
     * @throws ConfigurationException if no server can speak TLS with that
     */
    static Optional<WebTls> of(ConfigurableEnvironment environment, String prefix) {
        if (!isMentioned(environment, prefix)) {
            return Optional.empty();
        }
        Ssl ssl = bind(environment, prefix, new Ssl());
        return ssl.isEnabled() ? Optional.of(of(environment, prefix, ssl)) : Optional.empty();
    }

    private static WebTls of(ConfigurableEnvironment environment, String prefix, Ssl ssl) {
        ConfiguredBundles bundles = new ConfiguredBundles(bind(environment, "spring.ssl", new SslProperties()));
        SslBundle bundle = StringUtils.hasText(ssl.getBundle())
                ? bundles.get(prefix + ".bundle", ssl.getBundle())
                : ofItsOwn(prefix, ssl);
        ClientAuth clientAuth = Objects.requireNonNullElse(ssl.getClientAuth(), ClientAuth.NONE);
        requireTrust(prefix, clientAuth, bundle);
        ssl.getServerNameBundles()
                .forEach(named ->
                        requireTrust(prefix, clientAuth, bundles.get(prefix + ".server-name-bundles", named.bundle())));
        return new WebTls(ServedCertificate.of(bundle), clientAuth);
    }

    /** Else the JDK's own list would do: whoever has bought a certificate somewhere. */
    private static void requireTrust(String prefix, ClientAuth clientAuth, SslBundle bundle) {
        if (clientAuth != ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
            throw ConfigurationException.of(
                    prefix + ".client-auth",
                    clientAuth.name().toLowerCase(Locale.ROOT),
                    "it needs the bundle's truststore.certificate, by which clients' certificates are verified");
        }
    }

    boolean asksForCertificates() {
        return clientAuth != ClientAuth.NONE;
    }

    /** Without a bundle, by the older properties below the prefix itself. */
    private static SslBundle ofItsOwn(String prefix, Ssl ssl) {
        if (!StringUtils.hasText(ssl.getKeyStore())) {
            PemFiles.of(prefix, ssl).verify();
        }
        return ConfiguredBundles.proved(
                prefix + ".key-store", String.valueOf(ssl.getKeyStore()), () -> WebServerSslBundle.get(ssl));
    }

    /** Whether anything stands below a prefix: to bind what nobody has configured would delay each start. */
    private static boolean isMentioned(ConfigurableEnvironment environment, String prefix) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(prefix);
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .anyMatch(source -> source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT);
    }

    private static <T> T bind(ConfigurableEnvironment environment, String prefix, T target) {
        try {
            return Binder.get(environment)
                    .bind(prefix, Bindable.ofInstance(target))
                    .orElse(target);
        } catch (BindException e) {
            ConfigurationProperty property = e.getProperty();
            Class<?> wanted = Objects.requireNonNull(e.getTarget().getType().resolve());
            throw ConfigurationException.of(
                    e.getName().toString(),
                    property == null ? "" : String.valueOf(property.getValue()),
                    wanted.isEnum()
                            ? "it must be one of " + KnownKeys.constants(wanted)
                            : "it must be a " + wanted.getSimpleName().toLowerCase(Locale.ROOT));
        }
    }
}
