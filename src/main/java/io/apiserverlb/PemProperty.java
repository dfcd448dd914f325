package io.apiserverlb;

import io.apiserverlb.tls.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;

/**
 * A property of Spring's that is a PEM text or names the file that holds it.
 *
 * <p>Read as Spring reads it, but with words for what is wrong with it. These hold nothing of the text, which may be a private key.
 *
 * @param value null or empty: nothing is configured
 */
record PemProperty(String name, @Nullable String value) {
    boolean isSet() {
        return StringUtils.hasLength(value);
    }

    /** The certificates, at least one; throws {@link ConfigurationException} where there is none. */
    List<X509Certificate> certificates() {
        PemContent content = content();
        try {
            return content.getCertificates();
        } catch (IllegalStateException e) {
            throw refused("it holds no certificate in PEM form");
        }
    }

    /** The private key; throws {@link ConfigurationException} where there is none. */
    PrivateKey privateKey(@Nullable String password) {
        PemContent content = content();
        try {
            PrivateKey key = content.getPrivateKey(password);
            if (key != null) {
                return key;
            }
        } catch (IllegalStateException e) {
            // Without the cause, which may quote the key.
        }
        throw refused("it holds no private key that can be read: PKCS#8, PKCS#1 or SEC1 in PEM form");
    }

    ConfigurationException refused(String allowed) {
        String shown = PemContent.isPresentInText(value) ? "a PEM text" : String.valueOf(value);
        return ConfigurationException.of(name, value == null ? "" : shown, allowed);
    }

    private PemContent content() {
        if (value == null || value.isEmpty()) {
            throw refused("it must be a PEM file, or PEM text");
        }
        return PemContent.of(PemContent.isPresentInText(value) ? value : read(value));
    }

    private String read(String location) {
        Resource resource =
                ApplicationResourceLoader.get(new DefaultResourceLoader(), true).getResource(location);
        try {
            return resource.isFile()
                    ? new TextFile(resource.getFile().toPath()).read()
                    : resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (TextFile.UnreadableException e) {
            throw refused("it " + e.getMessage());
        } catch (IOException e) {
            throw refused("it cannot be read");
        }
    }
}
