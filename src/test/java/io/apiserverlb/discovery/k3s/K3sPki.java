package io.apiserverlb.discovery.k3s;

import io.apiserverlb.testing.ManualClock;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Authorities and supervisors of a cluster, with the key identifiers that k3s tells roots by; valid around the manual clock's time. */
final class K3sPki {
    private static final String KUBERNETES = "kubernetes.default.svc";
    private static final Duration YEAR = Duration.ofDays(365);
    private static final AtomicLong SERIAL = new AtomicLong(1);

    /** A certificate with its key. */
    record Identity(KeyPair keys, X509Certificate certificate) {
        String pem() {
            try {
                String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
                return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] der() {
            try {
                return certificate.getEncoded();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private K3sPki() {}

    static Identity root(String name) {
        return certificate(name, newKeys(), null, true, YEAR);
    }

    static Identity expiredRoot(String name) {
        return certificate(name, newKeys(), null, true, YEAR.dividedBy(2).negated());
    }

    static Identity authority(String name, Identity issuer) {
        return certificate(name, newKeys(), issuer, true, YEAR);
    }

    /** The same key and name, vouched for by another authority. */
    static Identity crossSigned(Identity authority, Identity issuer) {
        String name = authority.certificate().getSubjectX500Principal().getName();
        return certificate(name.substring("CN=".length()), authority.keys(), issuer, true, YEAR);
    }

    static Identity supervisor(Identity issuer) {
        return supervisor(issuer, KUBERNETES, "localhost");
    }

    static Identity supervisor(Identity issuer, String... names) {
        return certificate("k3s", newKeys(), issuer, false, YEAR, names);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Identity certificate(
            String name,
            KeyPair keys,
            @Nullable Identity issuer,
            boolean isAuthority,
            Duration validFromNow,
            String... names) {
        KeyPair signer = issuer == null ? keys : issuer.keys();
        X500Principal subject = new X500Principal("CN=" + name);
        X500Principal issuedBy = issuer == null ? subject : issuer.certificate().getSubjectX500Principal();
        Instant now = new ManualClock().instant();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuedBy,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(now.minus(YEAR)),
                Date.from(now.plus(validFromNow)),
                subject,
                keys.getPublic());
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(signer.getPublic()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
                builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
            }
            return new Identity(
                    keys,
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralNames alternatives(String... names) {
        return new GeneralNames(Arrays.stream(names)
                .map(name ->
                        new GeneralName(name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new));
    }
}
