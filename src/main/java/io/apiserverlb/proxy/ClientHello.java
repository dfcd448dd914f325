package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;

/** Tells a TLS ClientHello in what a client says first (RFC 8446 4.1.2, 5.1); pure. */
final class ClientHello {
    /** What the bytes are so far. */
    enum Kind {
        /** Nothing yet, or the beginning of a ClientHello. */
        UNFINISHED,
        /** One ClientHello in one record and nothing else: whoever gets it has been asked for nothing yet. */
        COMPLETE,
        /** Anything else, a ClientHello that announces early data included: requests may follow it unanswered. */
        OTHER
    }

    static final int LONGEST_RECORD = 16 * 1024;
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 2 + 32;
    private static final int EARLY_DATA = 42;

    private ClientHello() {}

    static Kind look(ByteBuf bytes) {
        int length = bytes.readableBytes();
        int start = bytes.readerIndex();
        if (length > 0 && bytes.getUnsignedByte(start) != HANDSHAKE) {
            return Kind.OTHER;
        }
        if (length > 1 && bytes.getUnsignedByte(start + 1) != MAJOR_VERSION) {
            return Kind.OTHER;
        }
        if (length < RECORD_HEADER + HANDSHAKE_HEADER) {
            return Kind.UNFINISHED;
        }
        int record = bytes.getUnsignedShort(start + 3);
        int type = bytes.getUnsignedByte(start + RECORD_HEADER);
        int message = bytes.getUnsignedMedium(start + RECORD_HEADER + 1);
        if (type != CLIENT_HELLO
                || record > LONGEST_RECORD
                || message + HANDSHAKE_HEADER != record
                || length > RECORD_HEADER + record) {
            return Kind.OTHER;
        }
        if (length < RECORD_HEADER + record) {
            return Kind.UNFINISHED;
        }
        ByteBuf hello = bytes.slice(start + RECORD_HEADER + HANDSHAKE_HEADER, message);
        return promisesEarlyData(hello) ? Kind.OTHER : Kind.COMPLETE;
    }

    /** What cannot be read counts as a promise: a doubt costs no more than the chance to ask another server. */
    private static boolean promisesEarlyData(ByteBuf hello) {
        try {
            hello.skipBytes(VERSION_AND_RANDOM);
            hello.skipBytes(hello.readUnsignedByte()); // session id
            hello.skipBytes(hello.readUnsignedShort()); // cipher suites
            hello.skipBytes(hello.readUnsignedByte()); // compression methods
            if (!hello.isReadable()) {
                return false; // without extensions, as TLS 1.2 allows
            }
            ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
            while (extensions.isReadable()) {
                if (extensions.readUnsignedShort() == EARLY_DATA) {
                    return true;
                }
                extensions.skipBytes(extensions.readUnsignedShort());
            }
            return false;
        } catch (IndexOutOfBoundsException e) {
            return true;
        }
    }
}
