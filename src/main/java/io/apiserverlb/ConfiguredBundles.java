package io.apiserverlb;

import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;

/** The bundles below {@code spring.ssl.bundle}, with words for what is wrong with one. */
final class ConfiguredBundles {
    private static final ResourceLoader FILES = ApplicationResourceLoader.get(new DefaultResourceLoader(), true);

    private final SslProperties.Bundles bundles;

    ConfiguredBundles(SslProperties properties) {
        bundles = properties.getBundle();
    }

    /**
     * One of them, proved to be good for a web server.
     *
     * @param property that names it
     */
    SslBundle get(String property, String name) {
        PemSslBundleProperties pem = bundles.getPem().get(name);
        if (pem != null) {
            PemFiles.of("spring.ssl.bundle.pem." + name, pem).verify();
            return proved(property, name, () -> PropertiesSslBundle.get(pem, FILES));
        }
        JksSslBundleProperties jks = bundles.getJks().get(name);
        if (jks != null) {
            return proved(property, name, () -> PropertiesSslBundle.get(jks, FILES));
        }
        throw ConfigurationException.of(
                property, name, "there is no spring.ssl.bundle.pem." + name + ", and no spring.ssl.bundle.jks." + name);
    }

    /** What is left to be found once the files of a PEM bundle are good, and all that may be wrong with a key store. */
    static SslBundle proved(String property, String value, Supplier<SslBundle> maker) {
        try {
            SslBundle bundle = maker.get();
            var unused = ServedCertificate.of(bundle);
            return bundle;
        } catch (IllegalStateException e) {
            throw ConfigurationException.of(property, value, String.valueOf(e.getMessage()));
        }
    }
}
