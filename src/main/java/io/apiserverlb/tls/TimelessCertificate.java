package io.apiserverlb.tls;

import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.Principal;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A certificate as it would be if it were valid at any time; in all else it answers as the original.
 *
 * <p>Validating a whole chain of these tells faults of time from all others. Setting PKIX back to an earlier date does
 * not: a chain whose intermediate was renewed after the server's certificate had expired was valid at no date at all.
 */
final class TimelessCertificate extends X509Certificate {

    private final X509Certificate original;

    TimelessCertificate(X509Certificate original) {
        this.original = original;
    }

    @Override
    public void checkValidity() {}

    @Override
    public void checkValidity(Date date) {}

    @Override
    public int getVersion() {
        return original.getVersion();
    }

    @Override
    public BigInteger getSerialNumber() {
        return original.getSerialNumber();
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract in the JDK, so it cannot be left out.
    public Principal getIssuerDN() {
        return original.getIssuerDN();
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract in the JDK, so it cannot be left out.
    public Principal getSubjectDN() {
        return original.getSubjectDN();
    }

    @Override
    public Date getNotBefore() {
        return original.getNotBefore();
    }

    @Override
    public Date getNotAfter() {
        return original.getNotAfter();
    }

    @Override
    public byte[] getTBSCertificate() throws CertificateEncodingException {
        return original.getTBSCertificate();
    }

    @Override
    public byte[] getSignature() {
        return original.getSignature();
    }

    @Override
    public String getSigAlgName() {
        return original.getSigAlgName();
    }

    @Override
    public String getSigAlgOID() {
        return original.getSigAlgOID();
    }

    @Override
    public byte @Nullable [] getSigAlgParams() {
        return original.getSigAlgParams();
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        return original.getIssuerUniqueID();
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        return original.getSubjectUniqueID();
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        return original.getKeyUsage();
    }

    @Override
    public int getBasicConstraints() {
        return original.getBasicConstraints();
    }

    @Override
    public byte[] getEncoded() throws CertificateEncodingException {
        return original.getEncoded();
    }

    @Override
    public void verify(PublicKey key)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException,
                    SignatureException {
        original.verify(key);
    }

    @Override
    public void verify(PublicKey key, String provider)
            throws CertificateException, NoSuchAlgorithmException, InvalidKeyException, NoSuchProviderException,
                    SignatureException {
        original.verify(key, provider);
    }

    @Override
    public PublicKey getPublicKey() {
        return original.getPublicKey();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return original.hasUnsupportedCriticalExtension();
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        return original.getCriticalExtensionOIDs();
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        return original.getNonCriticalExtensionOIDs();
    }

    @Override
    public byte @Nullable [] getExtensionValue(String oid) {
        return original.getExtensionValue(oid);
    }

    @Override
    public String toString() {
        return original.toString();
    }
}
