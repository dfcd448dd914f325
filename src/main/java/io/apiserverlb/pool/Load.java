package io.apiserverlb.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The running counters of one server, which outlive every record of it.
 *
 * <p>Safe for use by any thread; the sum of several counters is not taken at one moment.
 */
public final class Load {
    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder total = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    /** Credit in the smooth weighted rotation; guarded by the {@link Chooser}. */
    double turn;

    /** Of the address; what {@link Policy#SOURCE} compares. */
    final long hash;

    Load(ServerAddress address, double turn) {
        this.hash = Hash.of(address.toString());
        this.turn = turn;
    }

    /** Sessions now, those included that are still connecting. */
    public int active() {
        return active.get();
    }

    /** Sessions that ever connected. */
    public long total() {
        return total.sum();
    }

    /** Connection attempts that failed. */
    public long failed() {
        return failed.sum();
    }

    /** Bytes from clients. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Bytes to clients. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    void open() {
        active.incrementAndGet();
    }

    void close() {
        active.decrementAndGet();
    }

    void connected() {
        total.increment();
    }

    void failedToConnect() {
        failed.increment();
    }

    void addBytesIn(long bytes) {
        bytesIn.add(bytes);
    }

    void addBytesOut(long bytes) {
        bytesOut.add(bytes);
    }
}
