package io.apiserverlb.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/** One block of a PEM file (RFC 7468, with the headers of RFC 1421 that OpenSSL writes into encrypted keys). */
final class PemBlock {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private final String label;
    private final boolean encrypted;
    private final byte[] der;

    private PemBlock(String label, boolean encrypted, byte[] der) {
        this.label = label;
        this.encrypted = encrypted;
        this.der = der;
    }

    /** The blocks of a text in their order; what stands outside of blocks is a comment. */
    static List<PemBlock> parse(String text) throws PemException {
        List<PemBlock> blocks = new ArrayList<>();
        Iterator<String> lines = text.lines().map(String::strip).iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length() + DASHES.length()) {
                blocks.add(body(line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
            }
        }
        return blocks;
    }

    private static PemBlock body(String label, Iterator<String> lines) throws PemException {
        StringBuilder base64 = new StringBuilder();
        boolean encrypted = false;
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.equals(END + label + DASHES)) {
                return new PemBlock(label, encrypted, decode(base64.toString()));
            }
            if (line.startsWith(DASHES)) {
                break;
            }
            if (line.contains(":")) {
                encrypted |= line.startsWith("Proc-Type:") && line.endsWith("ENCRYPTED");
            } else {
                base64.append(line);
            }
        }
        throw new PemException("holds a PEM block without an end");
    }

    private static byte[] decode(String base64) throws PemException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new PemException("holds a PEM block that is not Base64");
        }
    }

    /** What the block says it is, such as {@code CERTIFICATE}. */
    String label() {
        return label;
    }

    /** Whether its headers say that its content is encrypted. */
    boolean encrypted() {
        return encrypted;
    }

    byte[] der() {
        return der;
    }
}
