package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Memory of one event loop for what its sessions have to keep: blocks of which each is its owner's alone, so that what is in use is known.
 * An allocator that cuts them from larger pieces would hold three times as much for a crowd of slow clients, and a piece as long as one
 * of them.
 *
 * <p>Confined to its event loop.
 */
final class Blocks {
    /** Of each size, as long as they are small: to have one anew costs more than to send it. */
    private static final int MOST_FREE_BYTES = 64 * 1024;

    private static final int LEAST_FREE = 2;

    private static final int SMALLEST = 512;
    /** Of a read; who has more to keep, as of a first flight, has a block that is not kept for the next one. */
    private static final int LARGEST = EpollLoop.READ_SIZE;

    /** By size: each is for twice as much as the one before. */
    private final List<ArrayDeque<ByteBuf>> free = Stream.generate(() -> new ArrayDeque<ByteBuf>())
            .limit(index(LARGEST) + 1L)
            .toList();

    private final long many;
    private long inUse;

    /** @param many so many bytes that little is to be kept beside them */
    Blocks(long many) {
        this.many = many;
    }

    /** What the blocks of one of so many loops should not be beyond: of three such parts of all memory the last is for others. */
    static long many(int loops) {
        return PlatformDependent.maxDirectMemory() / 3 / loops;
    }

    /** An empty one for so many bytes. */
    ByteBuf take(int length) {
        int size = Math.max(SMALLEST, Integer.highestOneBit(length - 1) << 1);
        ByteBuf block = size > LARGEST ? null : free.get(index(size)).poll();
        if (block == null) {
            block = UnpooledByteBufAllocator.DEFAULT.directBuffer(size, size);
        }
        inUse += size;
        return block;
    }

    /**
     * Adds a copy of some bytes to what is in a block.
     *
     * @param block null: there is none yet
     * @return the block that has all, in the place of the other one
     */
    ByteBuf add(@Nullable ByteBuf block, ByteBuf more, int from, int length) {
        ByteBuf all = block;
        if (all == null) {
            all = take(length);
        } else if (all.writableBytes() < length) {
            ByteBuf larger = take(all.readableBytes() + length);
            larger.writeBytes(all);
            giveBack(all);
            all = larger;
        }
        return all.writeBytes(more, from, length);
    }

    private static int index(int size) {
        return Integer.numberOfTrailingZeros(size) - Integer.numberOfTrailingZeros(SMALLEST);
    }

    void giveBack(ByteBuf block) {
        int size = block.capacity();
        inUse -= size;
        if (size <= LARGEST && free.get(index(size)).size() < Math.max(LEAST_FREE, MOST_FREE_BYTES / size)) {
            free.get(index(size)).push(block.clear());
        } else {
            block.release();
        }
    }

    /** In bytes, of those that are taken. */
    long inUse() {
        return inUse;
    }

    boolean areMany() {
        return inUse > many;
    }

    boolean areTooMany() {
        return inUse > 2 * many;
    }

    void close() {
        free.forEach(blocks -> {
            blocks.forEach(ByteBuf::release);
            blocks.clear();
        });
    }
}
