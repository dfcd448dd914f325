package io.apiserverlb.failover;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A long sequence of bytes in which a lost, added or displaced one shows. */
final class Bytes {
    private static final int CHUNK = 16 * 1024;

    private Bytes() {}

    static byte at(long position) {
        return (byte) (position ^ (position >> 8) ^ (position >> 16));
    }

    static byte[] chunk(long from, int length) {
        byte[] chunk = new byte[length];
        for (int i = 0; i < length; i++) {
            chunk[i] = at(from + i);
        }
        return chunk;
    }

    static void send(OutputStream out, long count) throws IOException {
        for (long sent = 0; sent < count; sent += CHUNK) {
            out.write(chunk(sent, (int) Math.min(CHUNK, count - sent)));
        }
        out.flush();
    }

    /** Reads to the end; {@code n bytes} if all of them were right, else which one was not. */
    static String check(InputStream in) throws IOException {
        byte[] buffer = new byte[CHUNK];
        long position = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] != at(position + i)) {
                    return "byte " + (position + i) + " is wrong";
                }
            }
            position += n;
        }
        return position + " bytes";
    }
}
