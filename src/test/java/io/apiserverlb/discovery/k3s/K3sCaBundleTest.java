package io.apiserverlb.discovery.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apiserverlb.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class K3sCaBundleTest {
    private static final K3sPki.Identity ROOT = K3sPki.root("root-ca");
    private static final K3sPki.Identity INTERMEDIATE = K3sPki.authority("intermediate-ca", ROOT);
    private static final K3sPki.Identity SERVER_CA = K3sPki.authority("k3s-server-ca", INTERMEDIATE);
    private static final K3sPki.Identity OTHER = K3sPki.root("other-ca");

    private static CaBundle bundle(String text) throws SupervisorException {
        return CaBundle.parse(text.getBytes(StandardCharsets.UTF_8), new ManualClock().instant());
    }

    private static String pem(K3sPki.Identity... identities) {
        StringBuilder text = new StringBuilder();
        for (K3sPki.Identity identity : identities) {
            text.append(identity.pem());
        }
        return text.toString();
    }

    @Test
    void hashesASingleCertificateAsItIsWritten() throws SupervisorException {
        String text = "# ours\r\n" + ROOT.pem();

        assertThat(bundle(text).hash()).isEqualTo(K3sPki.sha256(text));
        assertThat(bundle(text).hashed()).isEqualTo(ROOT.pem());
    }

    @Test
    void hashesTheRootThatTheFirstOfSeveralLeadsTo() throws SupervisorException {
        CaBundle bundle = bundle(pem(SERVER_CA, INTERMEDIATE, ROOT));

        assertThat(bundle.hash()).isEqualTo(K3sPki.sha256(ROOT.der()));
        assertThat(bundle.hashed()).isEqualTo(pem(SERVER_CA, INTERMEDIATE, ROOT));
    }

    @Test
    void trustsNoneOfThoseThatTheHashDoesNotStandFor() throws SupervisorException {
        CaBundle bundle = bundle(pem(SERVER_CA, OTHER, ROOT, K3sPki.authority("third", OTHER), INTERMEDIATE));

        assertThat(bundle.hash()).isEqualTo(K3sPki.sha256(ROOT.der()));
        assertThat(bundle.hashed()).isEqualTo(pem(SERVER_CA, INTERMEDIATE, ROOT));
        assertThat(bundle.everything()).contains(OTHER.pem());
    }

    @Test
    void keepsTheHashWhenANewRootIsVouchedForByTheOldOne() throws SupervisorException {
        K3sPki.Identity newRoot = K3sPki.root("new-root");

        CaBundle bundle =
                bundle(pem(K3sPki.authority("k3s-server-ca", newRoot), K3sPki.crossSigned(newRoot, ROOT), ROOT));

        assertThat(bundle.hash()).isEqualTo(K3sPki.sha256(ROOT.der()));
    }

    @Test
    void hashesTheWholeTextWhereTheFirstOneLeadsToNoRoot() throws SupervisorException {
        String unrelated = pem(ROOT, OTHER);
        String incomplete = pem(SERVER_CA, ROOT);
        K3sPki.Identity expired = K3sPki.expiredRoot("expired");
        String outOfDate = pem(K3sPki.authority("below", expired), expired);

        for (String text : List.of(unrelated, incomplete, outOfDate)) {
            assertThat(bundle(text).hash()).isEqualTo(K3sPki.sha256(text));
            assertThat(bundle(text).hashed()).isEqualTo(text);
        }
    }

    @Test
    @Timeout(20)
    void isNotLostInAMazeOfCertificates() throws SupervisorException {
        // All keys vouch for all others, so there are more ways than anybody can go.
        List<K3sPki.Identity> keys =
                Stream.generate(() -> K3sPki.root("maze")).limit(4).toList();
        List<K3sPki.Identity> identities = new ArrayList<>();
        for (K3sPki.Identity one : keys) {
            for (K3sPki.Identity other : keys) {
                if (!one.equals(other)) {
                    identities.add(K3sPki.crossSigned(one, other));
                }
            }
        }
        identities.add(ROOT);

        String text = pem(identities.toArray(new K3sPki.Identity[0]));

        assertThat(bundle(text).hash()).isEqualTo(K3sPki.sha256(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nAAAA"
            })
    void refusesWhatHoldsNoCertificate(String text) {
        assertThatExceptionOfType(SupervisorException.class)
                .isThrownBy(() -> bundle(text))
                .withMessageContaining("/cacerts");
    }

    @Test
    void refusesMoreCertificatesThanAClusterHas() {
        assertThatExceptionOfType(SupervisorException.class)
                .isThrownBy(() -> bundle(ROOT.pem().repeat(17)))
                .withMessageContaining("more than 16");
    }
}
