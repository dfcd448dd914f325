package io.apiserverlb.testing;

import java.util.Arrays;
import java.util.Random;

/** The bytes of one stream, of which each tells where it belongs: a lost, added, displaced or foreign one shows. */
public final class Content {
    /** Prime, so that no buffer's length is a multiple of it. */
    private static final int PERIOD = 65_521;

    private static final int SPREAD = 7_919;
    private static final byte[] PATTERN = pattern();

    private final int offset;

    /** @param stream a number of no other stream */
    public Content(long stream) {
        this.offset = (int) Math.floorMod(stream * SPREAD, (long) PERIOD);
    }

    private static byte[] pattern() {
        byte[] twice = new byte[2 * PERIOD];
        new Random(1).nextBytes(twice);
        System.arraycopy(twice, 0, twice, PERIOD, PERIOD);
        return twice;
    }

    /** As many bytes from a position on, which must be less than 64,000. */
    public byte[] from(long position, int length) {
        int start = index(position);
        return Arrays.copyOfRange(PATTERN, start, start + length);
    }

    /**
     * Compares bytes with those that belong there.
     *
     * @return the index of the first wrong one, or −1
     */
    public int mismatch(long position, byte[] bytes, int length) {
        int start = index(position);
        return Arrays.mismatch(bytes, 0, length, PATTERN, start, start + length);
    }

    private int index(long position) {
        return (int) ((position + offset) % PERIOD);
    }
}
