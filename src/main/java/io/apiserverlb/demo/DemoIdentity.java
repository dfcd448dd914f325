package io.apiserverlb.demo;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;

/**
 * A certificate of the {@link DemoAuthority} and its private key, EC P-256.
 *
 * <p>The authority signs directly, so the certificate is the whole chain below it. Immutable; {@code toString} shows
 * nothing of the key.
 */
public final class DemoIdentity {
    // RFC 5915 for P-256, where every length is known: version 1, the key, the curve's name, the public point.
    private static final byte[] SEC1_HEAD = HexFormat.of().parseHex("30770201010420");
    private static final byte[] SEC1_CURVE = HexFormat.of().parseHex("a00a06082a8648ce3d030107");
    // RFC 5958 around it, with the curve's name outside.
    private static final byte[] PKCS8_HEAD =
            HexFormat.of().parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420");
    private static final byte[] POINT = HexFormat.of().parseHex("a14403420004");
    private static final int FIELD_BYTES = 32;

    private final X509Bundle bundle;

    DemoIdentity(X509Bundle bundle) {
        this.bundle = bundle;
    }

    public X509Certificate certificate() {
        return bundle.getCertificate();
    }

    public String certificatePem() {
        return Pem.encode(certificate());
    }

    public PrivateKey privateKey() {
        return bundle.getKeyPair().getPrivate();
    }

    /** The key as {@code PRIVATE KEY} (PKCS#8), with the public point, which the JDK leaves out and GnuTLS needs. */
    public String privateKeyPem() {
        return Pem.encode("PRIVATE KEY", der(PKCS8_HEAD, new byte[0]));
    }

    /** The key as {@code EC PRIVATE KEY} (SEC1), the form in which k3s and kubeadm write it. */
    public String sec1PrivateKeyPem() {
        return Pem.encode("EC PRIVATE KEY", der(SEC1_HEAD, SEC1_CURVE));
    }

    private byte[] der(byte[] head, byte[] curve) {
        ECPublicKey point = (ECPublicKey) certificate().getPublicKey();
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.writeBytes(head);
        der.writeBytes(fieldElement(((ECPrivateKey) privateKey()).getS()));
        der.writeBytes(curve);
        der.writeBytes(POINT);
        der.writeBytes(fieldElement(point.getW().getAffineX()));
        der.writeBytes(fieldElement(point.getW().getAffineY()));
        return der.toByteArray();
    }

    KeyManager[] keyManagers() {
        try {
            return bundle.toKeyManagerFactory().getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime cannot hold an EC key", e);
        }
    }

    @Override
    public String toString() {
        return "DemoIdentity[" + certificate().getSubjectX500Principal() + "]";
    }

    private static byte[] fieldElement(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] element = new byte[FIELD_BYTES];
        int length = Math.min(signed.length, FIELD_BYTES);
        System.arraycopy(signed, signed.length - length, element, FIELD_BYTES - length, length);
        return element;
    }
}
