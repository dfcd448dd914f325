package io.apiserverlb.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the private key out of a PEM file: RSA in PKCS#1 (RFC 8017), EC in SEC1 (RFC 5915), and RSA, EC or Ed25519 in
 * PKCS#8 (RFC 5958).
 *
 * <p>The JDK reads PKCS#8 only, so the other forms are wrapped in it.
 */
final class PrivateKeyReader {

    private static final String RSA = "2a864886f70d010101";
    private static final String EC = "2a8648ce3d0201";
    private static final String ED25519 = "2b6570";
    private static final Set<String> CURVES = Set.of("2a8648ce3d030107", "2b81040022", "2b81040023");

    private static final byte[] VERSION = Der.element(Der.INTEGER, new byte[] {0});
    private static final byte[] NULL = Der.element(0x05);
    private static final int EC_PARAMETERS = 0xa0;

    private PrivateKeyReader() {}

    /** The first private key among the blocks; the others belong to something else. */
    static PrivateKey read(List<PemBlock> blocks) throws PemException {
        for (PemBlock block : blocks) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return read(block, blocks);
            }
        }
        throw new PemException("holds no private key");
    }

    private static PrivateKey read(PemBlock key, List<PemBlock> blocks) throws PemException {
        if (key.encrypted() || key.label().equals("ENCRYPTED PRIVATE KEY")) {
            throw new PemException("holds an encrypted private key, which is not supported");
        }
        return switch (key.label()) {
            case "PRIVATE KEY" -> pkcs8(key.der());
            case "RSA PRIVATE KEY" -> key("RSA", algorithm(RSA, NULL), key.der());
            case "EC PRIVATE KEY" -> sec1(key.der(), parameters(blocks));
            default -> throw unsupported();
        };
    }

    /** Taken apart and wrapped anew, as version 2 of PKCS#8 has parts that not every JDK expects. */
    private static PrivateKey pkcs8(byte[] der) throws PemException {
        Der key = Der.of(der).enter(Der.SEQUENCE);
        key.enter(Der.INTEGER);
        byte[] algorithm = key.enter(Der.SEQUENCE).rest();
        byte[] content = key.enter(Der.OCTET_STRING).rest();
        Der identifier = Der.of(algorithm);
        String name = switch (hex(identifier.enter(Der.OBJECT_IDENTIFIER))) {
            case RSA -> "RSA";
            case ED25519 -> "Ed25519";
            case EC -> {
                requireKnownCurve(identifier);
                yield "EC";
            }
            default -> throw unsupported();
        };
        return key(name, Der.element(Der.SEQUENCE, algorithm), content);
    }

    private static PrivateKey sec1(byte[] der, byte @Nullable [] parametersBlock) throws PemException {
        Der key = Der.of(der).enter(Der.SEQUENCE);
        key.enter(Der.INTEGER);
        key.enter(Der.OCTET_STRING);
        byte[] curve = key.nextIs(EC_PARAMETERS) ? key.enter(EC_PARAMETERS).rest() : parametersBlock;
        if (curve == null) {
            throw new PemException("holds an EC private key that does not name its curve");
        }
        requireKnownCurve(Der.of(curve));
        return key("EC", algorithm(EC, curve), der);
    }

    private static byte @Nullable [] parameters(List<PemBlock> blocks) {
        for (PemBlock block : blocks) {
            if (block.label().equals("EC PARAMETERS")) {
                return block.der();
            }
        }
        return null;
    }

    private static void requireKnownCurve(Der parameters) throws PemException {
        if (!parameters.nextIs(Der.OBJECT_IDENTIFIER)
                || !CURVES.contains(hex(parameters.enter(Der.OBJECT_IDENTIFIER)))) {
            throw new PemException("holds an EC private key on a curve other than P-256, P-384 and P-521");
        }
    }

    private static byte[] algorithm(String identifier, byte[] parameters) {
        byte[] encoded = Der.element(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(identifier));
        return Der.element(Der.SEQUENCE, encoded, parameters);
    }

    /** Without the cause where it fails: it may quote the key. */
    private static PrivateKey key(String name, byte[] algorithm, byte[] content) throws PemException {
        byte[] pkcs8 = Der.element(Der.SEQUENCE, VERSION, algorithm, Der.element(Der.OCTET_STRING, content));
        try {
            return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new PemException("holds a private key that is not a valid " + name + " key");
        }
    }

    private static String hex(Der content) {
        return HexFormat.of().formatHex(content.rest());
    }

    private static PemException unsupported() {
        return new PemException("holds a private key that is neither RSA, EC nor Ed25519");
    }
}
