package io.apiserverlb.discovery.k3s;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificates that a supervisor gives out as the cluster's authorities, with what the CA hash of a token is made of.
 *
 * <p>Of one certificate it is the answer as it is, byte by byte. Of several it is the root that the first one leads to, so that what is below
 * the root can be replaced; where it leads to none it is the answer again.
 */
final class CaBundle {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]++)-----END CERTIFICATE-----");
    private static final int MAX_CERTIFICATES = 16;

    private final byte[] answer;
    private final List<X509Certificate> certificates;
    private final Optional<List<X509Certificate>> pathToRoot;

    private CaBundle(byte[] answer, List<X509Certificate> certificates, Instant now) {
        this.answer = answer;
        this.certificates = certificates;
        this.pathToRoot = certificates.size() == 1
                ? Optional.empty()
                : IssuerPath.find(certificates.get(0), certificates.subList(1, certificates.size()), now);
    }

    /** @param now the time at which the certificates that lead to a root have to be valid */
    static CaBundle parse(byte[] answer, Instant now) throws SupervisorException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = CERTIFICATE.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            if (certificates.size() == MAX_CERTIFICATES) {
                throw new SupervisorException("has more than " + MAX_CERTIFICATES + " certificates at /cacerts");
            }
            certificates.add(certificate(blocks.group(1)));
        }
        if (certificates.isEmpty()) {
            throw new SupervisorException("has no certificate at /cacerts");
        }
        return new CaBundle(answer, certificates, now);
    }

    private static X509Certificate certificate(String base64) throws SupervisorException {
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (IllegalArgumentException | CertificateException e) {
            throw new SupervisorException("has a certificate at /cacerts that cannot be read");
        }
    }

    /** In lower-case hexadecimal digits. */
    String hash() {
        byte[] hashed = pathToRoot.map(path -> der(path.get(path.size() - 1))).orElse(answer);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(hashed));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("The JDK has no SHA-256", e);
        }
    }

    /** All certificates as PEM. */
    String everything() {
        return pem(certificates);
    }

    /**
     * The certificates that the hash stands for, as PEM. Where that is a root these are the ones that lead to it: anybody can put others
     * beside them without changing the hash.
     */
    String hashed() {
        return pem(pathToRoot.orElse(certificates));
    }

    private static String pem(List<X509Certificate> certificates) {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(base64.encodeToString(der(certificate)))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return text.toString();
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate that was read has no encoding", e);
        }
    }
}
