package io.apiserverlb.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;

/** Finds out whether a private key is that of a certificate, by signing with the one and verifying with the other. */
public final class KeyProof {
    private static final byte[] PROBE = {1, 2, 3};

    private KeyProof() {}

    /** Whether what the key signs is what the certificate's owner has signed. */
    public static boolean fits(PrivateKey key, Certificate certificate) {
        PublicKey certified = certificate.getPublicKey();
        if (!certified.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> key.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
