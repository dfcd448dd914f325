package io.apiserverlb.api;

import java.util.ArrayList;
import java.util.List;

/** The latest samples, in memory of a fixed size; for one thread at a time. */
final class Samples {
    private final int capacity;
    private final long[] at;
    private final double[] connections;
    private final double[] bytesIn;
    private final double[] bytesOut;
    private final double[] checkMedian;
    private final double[] checkSlowest;
    /** Where the next one goes; the oldest is there if it is full. */
    private int next;

    private int size;

    Samples(int capacity) {
        this.capacity = capacity;
        this.at = new long[capacity];
        this.connections = new double[capacity];
        this.bytesIn = new double[capacity];
        this.bytesOut = new double[capacity];
        this.checkMedian = new double[capacity];
        this.checkSlowest = new double[capacity];
    }

    void add(Sample sample) {
        at[next] = sample.at();
        connections[next] = sample.connections();
        bytesIn[next] = sample.bytesIn();
        bytesOut[next] = sample.bytesOut();
        checkMedian[next] = sample.checkMedian();
        checkSlowest[next] = sample.checkSlowest();
        next = (next + 1) % capacity;
        size = Math.min(size + 1, capacity);
    }

    /** All that are kept, oldest first. */
    List<Sample> all() {
        List<Sample> all = new ArrayList<>(size);
        for (int i = capacity - size; i < capacity; i++) {
            all.add(get((next + i) % capacity));
        }
        return all;
    }

    private Sample get(int i) {
        return new Sample(at[i], connections[i], bytesIn[i], bytesOut[i], checkMedian[i], checkSlowest[i]);
    }
}
