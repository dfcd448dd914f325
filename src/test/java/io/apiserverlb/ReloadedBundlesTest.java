package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.testing.TestAuthority;
import io.netty.pkitesting.X509Bundle;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** What becomes of a bundle whose files were replaced. */
class ReloadedBundlesTest {
    private final TestAuthority authority = new TestAuthority("web");
    private final X509Bundle first = authority.server("localhost");
    private final Events events = new Events(InstantSource.system());
    private final ReloadedBundles bundles = new ReloadedBundles(events);
    private final List<SslBundle> served = new ArrayList<>();

    private static SslBundle bundle(String certificate, String key, String trust) {
        SslStoreBundle stores = new PemSslStoreBundle(
                new PemSslStoreDetails(null, certificate, key), PemSslStoreDetails.forCertificates(trust));
        return SslBundle.of(stores);
    }

    private SslBundle good(X509Bundle server) {
        return bundle(server.getCertificatePEM(), server.getPrivateKeyPEM(), authority.pem());
    }

    private void serve() {
        bundles.registerBundle("web", good(first));
        bundles.addBundleUpdateHandler("web", served::add);
    }

    private void assertWarned(String reason) {
        assertThat(served).isEmpty();
        assertThat(events.latest()).singleElement().satisfies(event -> {
            assertThat(event.severity()).isEqualTo(Event.Severity.WARN);
            assertThat(event.message())
                    .startsWith("TLS bundle web stays as it was, since its files cannot be used: ")
                    .contains(reason);
        });
    }

    @Test
    void servesTheNewOne() {
        serve();
        SslBundle next = good(authority.server("localhost"));

        bundles.updateBundle("web", next);

        assertThat(served).containsExactly(next);
        assertThat(bundles.getBundle("web")).isSameAs(next);
        assertThat(events.latest())
                .singleElement()
                .satisfies(event -> assertThat(event.message())
                        .contains("TLS bundle web was read again: CN=kube-apiserver, valid until "));
    }

    @Test
    void keepsItWhileCertificateAndKeyDoNotFit() {
        serve();

        bundles.updateBundle(
                "web",
                bundle(authority.server("localhost").getCertificatePEM(), first.getPrivateKeyPEM(), authority.pem()));

        assertWarned("the private key is not that of the first certificate");
    }

    @Test
    void keepsItWhileAFileIsGone() {
        serve();

        bundles.updateBundle("web", bundle("/nowhere", first.getPrivateKeyPEM(), authority.pem()));

        assertWarned("/nowhere");
    }

    @Test
    void keepsItWhileNoClientCouldBeVerified() {
        serve();

        bundles.updateBundle("web", bundle(first.getCertificatePEM(), first.getPrivateKeyPEM(), "/nowhere"));

        assertWarned("/nowhere");
    }
}
