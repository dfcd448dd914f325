package io.apiserverlb.demo;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.NetUtil;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that lives and dies with this process: its key is never written anywhere.
 *
 * <p>All keys are EC P-256. What it issues is valid from an hour ago for a year, unless given otherwise; the
 * authority itself for ten years. Thread-safe.
 */
public final class DemoAuthority {
    /** The names and addresses that a server certificate covers unless others are given. */
    public static final List<String> SERVER_NAMES =
            List.of("kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "127.0.0.1", "::1");

    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final Duration LEAF_VALIDITY = Duration.ofDays(365);
    private static final Duration ROOT_VALIDITY = Duration.ofDays(3650);

    private final InstantSource time;
    private final SecureRandom random;
    private final X509Bundle root;

    public DemoAuthority(InstantSource time, SecureRandom random) {
        this.time = time;
        this.random = random;
        this.root = build(
                certificate(
                                new X500Principal("CN=apiserver-lb demo CA"),
                                notBefore(),
                                time.instant().plus(ROOT_VALIDITY))
                        .setIsCertificateAuthority(true)
                        .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign),
                null);
    }

    public X509Certificate certificate() {
        return root.getCertificate();
    }

    public String certificatePem() {
        return Pem.encode(root.getCertificate());
    }

    /** A server certificate for {@link #SERVER_NAMES}. */
    public DemoIdentity issueServer() {
        return issueServer(SERVER_NAMES);
    }

    /**
     * A server certificate for other names.
     *
     * @param names DNS names, IPv4 and IPv6 addresses (without brackets)
     */
    public DemoIdentity issueServer(List<String> names) {
        return issueServer(names, notBefore(), time.instant().plus(LEAF_VALIDITY));
    }

    /**
     * A server certificate for other names and times.
     *
     * @param names DNS names, IPv4 and IPv6 addresses (without brackets)
     * @param notBefore whole seconds count
     * @param notAfter may be in the past: an expired certificate is a legitimate wish
     */
    public DemoIdentity issueServer(List<String> names, Instant notBefore, Instant notAfter) {
        CertificateBuilder builder = certificate(new X500Principal("CN=kube-apiserver"), notBefore, notAfter)
                .setKeyUsage(true, KeyUsage.digitalSignature)
                .addExtendedKeyUsageServerAuth();
        for (String name : names) {
            if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
                builder.addSanIpAddress(name);
            } else {
                builder.addSanDnsName(name);
            }
        }
        return new DemoIdentity(build(builder, root));
    }

    /**
     * A client certificate.
     *
     * @param subject a distinguished name; Kubernetes reads the user from CN and its groups from O
     */
    public DemoIdentity issueClient(String subject) {
        return issueClient(subject, notBefore(), time.instant().plus(LEAF_VALIDITY));
    }

    /**
     * A client certificate for other times.
     *
     * @param subject a distinguished name; Kubernetes reads the user from CN and its groups from O
     * @param notBefore whole seconds count
     * @param notAfter may be in the past
     */
    public DemoIdentity issueClient(String subject, Instant notBefore, Instant notAfter) {
        return new DemoIdentity(build(
                certificate(new X500Principal(subject), notBefore, notAfter)
                        .setKeyUsage(true, KeyUsage.digitalSignature)
                        .addExtendedKeyUsageClientAuth(),
                root));
    }

    /** TLS that trusts this authority alone and presents no certificate. */
    public SSLContext sslContext() {
        return context(null);
    }

    /** TLS that trusts this authority alone and presents the identity, as a server or as a client. */
    public SSLContext sslContext(DemoIdentity identity) {
        return context(identity.keyManagers());
    }

    private SSLContext context(KeyManager @Nullable [] keyManagers) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers, root.toTrustManagerFactory().getTrustManagers(), random);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime offers no TLS", e);
        }
    }

    private CertificateBuilder certificate(X500Principal subject, Instant notBefore, Instant notAfter) {
        if (notAfter.isBefore(notBefore)) {
            throw new IllegalArgumentException("notAfter " + notAfter + " is before notBefore " + notBefore);
        }
        return new CertificateBuilder()
                .ecp256()
                .secureRandom(random)
                .subject(subject)
                .notBefore(notBefore)
                .notAfter(notAfter);
    }

    private Instant notBefore() {
        return time.instant().minus(CLOCK_SKEW);
    }

    /** @param issuer null for a self-signed certificate */
    private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
        try {
            return issuer == null ? builder.buildSelfSigned() : builder.buildIssuedBy(issuer);
        } catch (Exception e) { // the builder declares no narrower type
            throw new IllegalStateException("Cannot make a certificate", e);
        }
    }
}
