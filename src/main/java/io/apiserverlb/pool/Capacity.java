package io.apiserverlb.pool;

/**
 * How many servers a list may have, so that their records, connections and series leave the heap room for everything else.
 *
 * @param servers at most
 * @param heap in MiB, of which it was made
 */
record Capacity(int servers, long heap) {
    /** With the managed and the discovered list full, and their names standing for some more. */
    private static final int MOST = 2 * Membership.MOST_ADDRESSES + 100;

    private static final int LEAST = 16;
    /** Of the heap, for all but servers. */
    private static final long RESERVE = 42L << 20;
    /** Of the heap, for each; nine tenths of it is what one that is checked takes. */
    private static final long EACH = 64L << 10;

    /** @param maxHeap in bytes */
    static Capacity of(long maxHeap) {
        long room = (maxHeap - RESERVE) / EACH;
        return new Capacity((int) Math.max(LEAST, Math.min(MOST, room)), maxHeap >> 20);
    }

    /** Whether a list would not fit that has become longer. */
    boolean isExceeded(ServerList before, ServerList next) {
        return next.servers().size() > servers
                && next.servers().size() > before.servers().size();
    }

    /** The reason, in words. */
    String explain(ServerList next) {
        String bound = servers < MOST ? " where the heap has " + heap + " MiB (-Xmx)" : "";
        return "the list would have " + next.servers().size() + " servers, and can have " + servers + " at most"
                + bound;
    }
}
