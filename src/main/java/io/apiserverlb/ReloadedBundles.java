package io.apiserverlb;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.security.cert.X509Certificate;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;

/**
 * The TLS bundles, of which each stays as it is when its files are replaced by bad ones.
 *
 * <p>Files are replaced one after the other, so there are moments when a certificate and its key do not fit. Tomcat would take them, and
 * fail each handshake from then on.
 */
final class ReloadedBundles extends DefaultSslBundleRegistry {
    private final Events events;

    ReloadedBundles(Events events) {
        this.events = events;
    }

    @Override
    public void updateBundle(String name, SslBundle updated) {
        try {
            X509Certificate certificate = ServedCertificate.of(updated);
            super.updateBundle(name, updated);
            tell(
                    Event.Severity.INFO,
                    "TLS bundle " + name + " was read again: " + certificate.getSubjectX500Principal()
                            + ", valid until " + certificate.getNotAfter().toInstant());
        } catch (RuntimeException e) {
            tell(
                    Event.Severity.WARN,
                    "TLS bundle " + name + " stays as it was, since its files cannot be used: " + e.getMessage());
        }
    }

    private void tell(Event.Severity severity, String message) {
        events.record(Event.Type.CERTIFICATE, severity, "configuration", message);
    }
}
