package io.apiserverlb.pool;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;

/**
 * The running counters of one server, which outlive every record of it.
 *
 * <p>Safe for use by any thread; the sum of several counters is not taken at one moment.
 */
public final class Load {
    /** A choice reads this of every server, so it must not be an object further away. */
    private static final AtomicIntegerFieldUpdater<Load> ACTIVE =
            AtomicIntegerFieldUpdater.newUpdater(Load.class, "active");

    private volatile int active;
    private final LongAdder total = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    /** When it last had its turn in the rotation; guarded by the {@link Chooser}. */
    double turn;

    /** Of the address; what {@link Policy#SOURCE} compares. */
    final long hash;

    Load(ServerAddress address, double turn) {
        this.hash = Hash.of(address.toString());
        this.turn = turn;
    }

    /** Sessions now, those included that are still connecting. */
    public int active() {
        return active;
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
        ACTIVE.incrementAndGet(this);
    }

    void close() {
        ACTIVE.decrementAndGet(this);
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
