package io.apiserverlb.tls;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;
import static io.apiserverlb.testing.Demands.same;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Files with keys and certificates, and what is inside of their Base64. */
class PemFuzzTest {
    private static final int LONGEST_MESSAGE = 120;
    private static final List<String> LABELS =
            List.of("CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");
    private static final Set<String> ALGORITHMS = Set.of("RSA", "EC", "EdDSA", "Ed25519");

    @FuzzTest
    void readsKeysAndCertificates(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        certificates(text);
        key(text);
        String base64 = Base64.getMimeEncoder().encodeToString(bytes);
        for (String label : LABELS) {
            String pem = "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
            certificates(pem);
            key(pem);
        }
    }

    private static void certificates(String pem) {
        try {
            for (X509Certificate certificate : Certificates.parse(pem)) {
                same(Certificates.parse(Certificates.pem(certificate)), List.of(certificate));
                names(certificate);
            }
        } catch (PemException e) {
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }

    private static void names(X509Certificate certificate) {
        SubjectNames names = SubjectNames.of(certificate);
        demand(
                names.all().size()
                        == names.dnsNames().size() + names.ipAddresses().size(),
                "names are lost");
        names.cover("kubernetes.default.svc");
        names.cover("10.0.0.1");
        for (String address : names.ipAddresses()) {
            demand(ServerName.ip(address).isPresent(), "is no address: " + address);
        }
    }

    private static void key(String pem) {
        try {
            PrivateKey key = PrivateKeyReader.read(PemBlock.parse(pem));
            demand(ALGORITHMS.contains(key.getAlgorithm()), "is no key of ours: " + key.getAlgorithm());
            String again = "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
            same(PrivateKeyReader.read(PemBlock.parse(again)), key);
        } catch (PemException e) {
            // Short, and so without anything of the key.
            readable(e.getMessage(), LONGEST_MESSAGE);
        }
    }
}
