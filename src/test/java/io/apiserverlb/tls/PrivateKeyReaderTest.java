package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyReaderTest {

    private static final X509Bundle P256 = keyOf(Algorithm.ecp256);
    private static final X509Bundle RSA = keyOf(Algorithm.rsa2048);

    static Stream<Arguments> curves() throws GeneralSecurityException {
        return Stream.of(
                Arguments.of(keyPair("secp256r1"), SECObjectIdentifiers.secp256r1),
                Arguments.of(keyPair("secp384r1"), SECObjectIdentifiers.secp384r1),
                Arguments.of(keyPair("secp521r1"), SECObjectIdentifiers.secp521r1));
    }

    @ParameterizedTest
    @MethodSource("curves")
    void readsSec1WithTheCurveInTheKey(KeyPair keys, ASN1ObjectIdentifier curve) throws Exception {
        String pem = pem("EC PRIVATE KEY", sec1(keys, curve));

        PrivateKey key = read(pem);

        assertThat(((ECPrivateKey) key).getS()).isEqualTo(secret(keys));
        assertThat(bitsOfCurve(key)).isEqualTo(bitsOfCurve(keys.getPrivate()));
    }

    @ParameterizedTest
    @MethodSource("curves")
    void readsSec1WithTheCurveInABlockOfItsOwn(KeyPair keys, ASN1ObjectIdentifier curve) throws Exception {
        String pem = pem("EC PARAMETERS", curve) + pem("EC PRIVATE KEY", sec1(keys, null));

        PrivateKey key = read(pem);

        assertThat(((ECPrivateKey) key).getS()).isEqualTo(secret(keys));
        assertThat(bitsOfCurve(key)).isEqualTo(bitsOfCurve(keys.getPrivate()));
    }

    @ParameterizedTest
    @MethodSource("curves")
    void readsSec1WithTheCurveInBothAndThePublicKey(KeyPair keys, ASN1ObjectIdentifier curve) throws Exception {
        DERBitString publicKey = new DERBitString(
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
                        .getPublicKeyData()
                        .getBytes());
        String pem = pem("EC PARAMETERS", curve)
                + pem(
                        "EC PRIVATE KEY",
                        new org.bouncycastle.asn1.sec.ECPrivateKey(
                                bitsOfCurve(keys.getPrivate()), secret(keys), publicKey, curve));

        PrivateKey key = read(pem);

        assertThat(((ECPrivateKey) key).getS()).isEqualTo(secret(keys));
    }

    @Test
    void readsPkcs1() throws Exception {
        PrivateKeyInfo rsa =
                PrivateKeyInfo.getInstance(RSA.getKeyPair().getPrivate().getEncoded());

        PrivateKey key = read(pem("RSA PRIVATE KEY", rsa.parsePrivateKey()));

        assertThat(key).isEqualTo(RSA.getKeyPair().getPrivate());
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void readsPkcs8(Algorithm algorithm) throws Exception {
        X509Bundle certified = keyOf(algorithm);

        PrivateKey key = read(certified.getPrivateKeyPEM());

        assertThat(new ClientCredential(List.of(certified.getCertificate()), key).matches())
                .isTrue();
    }

    @Test
    void readsPkcs8ThatCarriesThePublicKeyToo() throws Exception {
        X509Bundle certified = keyOf(Algorithm.ed25519);
        PrivateKeyInfo plain =
                PrivateKeyInfo.getInstance(certified.getKeyPair().getPrivate().getEncoded());
        byte[] publicKey = SubjectPublicKeyInfo.getInstance(
                        certified.getKeyPair().getPublic().getEncoded())
                .getPublicKeyData()
                .getBytes();
        PrivateKeyInfo version2 =
                new PrivateKeyInfo(plain.getPrivateKeyAlgorithm(), plain.parsePrivateKey(), null, publicKey);

        PrivateKey key = read(pem("PRIVATE KEY", version2));

        assertThat(new ClientCredential(List.of(certified.getCertificate()), key).matches())
                .isTrue();
    }

    @Test
    void readsTheKeyBetweenCertificatesCommentsAndWindowsLineEnds() throws Exception {
        String pem = "Bag Attributes: none\n" + P256.getCertificatePEM() + "\n \t\nkey of the node  \n"
                + P256.getPrivateKeyPEM().replace("\n", "  \t\n") + "the end";

        PrivateKey key = read(pem.replace("\n", "\r\n"));

        assertThat(key).isEqualTo(P256.getKeyPair().getPrivate());
    }

    @Test
    void saysThatAFileHoldsNoKey() {
        assertFault(P256.getCertificatePEM(), "holds no private key");
        assertFault("", "holds no private key");
    }

    @Test
    void saysThatAKeyIsEncrypted() {
        String body = "MIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI\n";

        assertFault(
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + body + "-----END ENCRYPTED PRIVATE KEY-----\n",
                "holds an encrypted private key, which is not supported");
        assertFault(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00FF\n\n" + body
                        + "-----END RSA PRIVATE KEY-----\n",
                "holds an encrypted private key, which is not supported");
    }

    @Test
    void saysThatAnEcKeyIsOnACurveItDoesNotKnow() throws Exception {
        KeyPair keys = keyPair("secp256r1");

        assertFault(
                pem("EC PRIVATE KEY", sec1(keys, SECObjectIdentifiers.secp256k1)),
                "holds an EC private key on a curve other than P-256, P-384 and P-521");
        assertFault(pem("EC PRIVATE KEY", sec1(keys, null)), "holds an EC private key that does not name its curve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DSA PRIVATE KEY", "OPENSSH PRIVATE KEY"})
    void saysThatAKindOfKeyIsNotSupported(String label) {
        assertFault(
                "-----BEGIN " + label + "-----\nAAAA\n-----END " + label + "-----",
                "holds a private key that is neither RSA, EC nor Ed25519");
    }

    @Test
    void saysThatPemIsBroken() {
        assertFault("-----BEGIN PRIVATE KEY-----\nAAAA\n", "holds a PEM block without an end");
        assertFault("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END CERTIFICATE-----", "holds a PEM block without an end");
        assertFault(
                "-----BEGIN PRIVATE KEY-----\nAA*A\n-----END PRIVATE KEY-----", "holds a PEM block that is not Base64");
    }

    static Stream<Arguments> encodedKeys() throws Exception {
        KeyPair keys = keyPair("secp256r1");
        return Stream.of(
                Arguments.of("PRIVATE KEY", keys.getPrivate().getEncoded()),
                Arguments.of("PRIVATE KEY", RSA.getKeyPair().getPrivate().getEncoded()),
                Arguments.of(
                        "EC PRIVATE KEY",
                        sec1(keys, SECObjectIdentifiers.secp256r1)
                                .toASN1Primitive()
                                .getEncoded()));
    }

    @ParameterizedTest
    @MethodSource("encodedKeys")
    void saysThatAKeyCutOffAnywhereIsNotValid(String label, byte[] der) {
        for (int length = 0; length < der.length; length++) {
            String pem = pem(label, Arrays.copyOf(der, length));

            assertThatExceptionOfType(PemException.class)
                    .isThrownBy(() -> read(pem))
                    .withMessageStartingWith("holds a private key that is not ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3080020100", "3084000000", "30840000000102", "30ff", "3083ffffff02", "02010030", "30"})
    void readsNoLengthThatIsNotDerOrLongerThanTheKey(String der) {
        assertFault(pem("PRIVATE KEY", HexFormat.of().parseHex(der)), "holds a private key that is not valid DER");
    }

    private static PrivateKey read(String pem) throws PemException {
        return PrivateKeyReader.read(PemBlock.parse(pem));
    }

    private static void assertFault(String pem, String message) {
        assertThatExceptionOfType(PemException.class)
                .isThrownBy(() -> read(pem))
                .withMessage(message)
                .withNoCause();
    }

    private static X509Bundle keyOf(Algorithm algorithm) {
        return TestPki.selfSigned(TestPki.authority("CN=key").algorithm(algorithm));
    }

    private static KeyPair keyPair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static BigInteger secret(KeyPair keys) {
        return ((ECPrivateKey) keys.getPrivate()).getS();
    }

    private static int bitsOfCurve(PrivateKey key) {
        return ((ECPrivateKey) key).getParams().getOrder().bitLength();
    }

    private static ASN1Encodable sec1(KeyPair keys, @Nullable ASN1ObjectIdentifier curve) {
        int bits = ((ECPublicKey) keys.getPublic()).getParams().getOrder().bitLength();
        return new org.bouncycastle.asn1.sec.ECPrivateKey(bits, secret(keys), curve);
    }

    private static String pem(String label, ASN1Encodable content) throws IOException {
        return pem(label, content.toASN1Primitive().getEncoded());
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
