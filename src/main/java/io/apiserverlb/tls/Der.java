package io.apiserverlb.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Reads and writes the little of DER (X.690) that the wrappings of private keys consist of. */
final class Der {

    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    private final ByteBuffer in;

    private Der(ByteBuffer in) {
        this.in = in;
    }

    static Der of(byte[] encoded) {
        return new Der(ByteBuffer.wrap(encoded));
    }

    /** Whether the next element has this tag. */
    boolean nextIs(int tag) {
        return in.hasRemaining() && (in.get(in.position()) & 0xff) == tag;
    }

    /** Enters the next element, which must have this tag, and moves on behind it. */
    Der enter(int tag) throws PemException {
        if (!nextIs(tag)) {
            throw malformed();
        }
        in.get();
        int length = length();
        if (length > in.remaining()) {
            throw malformed();
        }
        Der content = new Der(in.slice(in.position(), length));
        in.position(in.position() + length);
        return content;
    }

    private int length() throws PemException {
        int first = unsignedByte();
        if (first < 0x80) {
            return first;
        }
        // The indefinite form (no length bytes) is not DER, and no key needs more than three of them.
        int bytes = first & 0x7f;
        if (bytes == 0 || bytes > 3) {
            throw malformed();
        }
        int length = 0;
        for (int i = 0; i < bytes; i++) {
            length = (length << 8) | unsignedByte();
        }
        return length;
    }

    private int unsignedByte() throws PemException {
        if (!in.hasRemaining()) {
            throw malformed();
        }
        return in.get() & 0xff;
    }

    /** The bytes that have not been read yet. */
    byte[] rest() {
        byte[] rest = new byte[in.remaining()];
        in.duplicate().get(rest);
        return rest;
    }

    private static PemException malformed() {
        return new PemException("holds a private key that is not valid DER");
    }

    /** One element around the given contents. */
    static byte[] element(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        writeLength(out, length);
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
        out.write(0x80 | bytes);
        for (int i = bytes - 1; i >= 0; i--) {
            out.write(length >> (8 * i));
        }
    }
}
