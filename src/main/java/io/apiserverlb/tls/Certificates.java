package io.apiserverlb.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads the certificates of a PEM text. */
final class Certificates {
    private static final int PEM_LINE = 64;

    private Certificates() {}

    /** All of them in their order, at least one. */
    static List<X509Certificate> parse(String pem) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemBlock block : PemBlock.parse(pem)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(certificate(block));
            }
        }
        if (certificates.isEmpty()) {
            throw new PemException("holds no certificate in PEM form");
        }
        return certificates;
    }

    private static X509Certificate certificate(PemBlock block) throws PemException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            throw new PemException("holds a certificate that cannot be read");
        }
    }

    static String pem(X509Certificate certificate) {
        try {
            String der = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + der + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }
}
