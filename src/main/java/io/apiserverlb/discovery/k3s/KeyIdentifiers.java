package io.apiserverlb.discovery.k3s;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;

/** By which key a certificate says that it was signed, and which key it says is its own (RFC 5280, 4.2.1.1 and 4.2.1.2). */
final class KeyIdentifiers {
    private static final String OF_SUBJECT = "2.5.29.14";
    private static final String OF_AUTHORITY = "2.5.29.35";

    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int KEY_IDENTIFIER = 0x80;
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private KeyIdentifiers() {}

    /** Whether nobody else is said to have signed it, which is what k3s takes for a root. */
    static boolean isRoot(X509Certificate certificate) {
        ByteBuffer authority =
                content(content(content(extension(certificate, OF_AUTHORITY), OCTET_STRING), SEQUENCE), KEY_IDENTIFIER);
        ByteBuffer subject = content(content(extension(certificate, OF_SUBJECT), OCTET_STRING), OCTET_STRING);
        return !authority.hasRemaining() || authority.equals(subject);
    }

    private static ByteBuffer extension(X509Certificate certificate, String oid) {
        byte[] value = certificate.getExtensionValue(oid);
        return value == null ? NONE : ByteBuffer.wrap(value);
    }

    /** What the first DER element holds; nothing if it is another one or not whole. */
    private static ByteBuffer content(ByteBuffer der, int tag) {
        if (der.remaining() < 2 || (der.get(0) & 0xff) != tag) {
            return NONE;
        }
        int length = der.get(1) & 0xff;
        int start = 2;
        if (length > 0x7f) {
            int digits = length & 0x7f;
            if (digits > 2 || der.remaining() < 2 + digits) {
                return NONE;
            }
            length = 0;
            for (int i = 0; i < digits; i++) {
                length = (length << 8) | (der.get(start++) & 0xff);
            }
        }
        return der.remaining() - start < length ? NONE : der.slice(start, length);
    }
}
