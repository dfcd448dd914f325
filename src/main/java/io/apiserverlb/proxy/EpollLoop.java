package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share.
 *
 * <p>Confined to that loop.
 */
final class EpollLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EpollLoop.class);
    /** Of one read. */
    static final int READ_SIZE = 64 * 1024;
    /** While much is kept for those that do not take it: what one more of them does not take is little then. */
    static final int SMALL_READ_SIZE = 4 * 1024;
    /** While twice as much is. */
    static final int SMALLEST_READ_SIZE = 512;

    private static final long COMPLAIN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final IoEventLoop loop;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(READ_SIZE);
    private final long address = Buffer.memoryAddress(memory);
    private final ByteBuf received = Unpooled.wrappedBuffer(memory);
    private final Blocks blocks;
    private final Pipes pipes = new Pipes();
    private final Newcomers newcomers = new Newcomers();
    private final ArrayDeque<EpollLeg> closing = new ArrayDeque<>();
    private long nextComplaint = System.nanoTime();
    private long complaintsUntold;

    /** @param blocks for what is kept until somebody takes it: while they are many, reads are small */
    EpollLoop(IoEventLoop loop, Blocks blocks) {
        this.loop = loop;
        this.blocks = blocks;
        long tick = Newcomers.TICK.toNanos();
        loop.scheduleAtFixedRate(newcomers::tick, tick, tick, TimeUnit.NANOSECONDS);
    }

    IoEventLoop loop() {
        return loop;
    }

    /** Where every read goes to: what is in it has to be passed on before the next one. */
    long address() {
        return address;
    }

    /** What has just been read. */
    ByteBuf received(int length) {
        return received.setIndex(0, length);
    }

    /** Whether it is that. */
    @SuppressWarnings("ReferenceEquality") // equal bytes elsewhere are elsewhere
    boolean isReceived(ByteBuf bytes) {
        return bytes == received;
    }

    /** How much to read at most. */
    int readSize() {
        if (!blocks.areMany()) {
            return READ_SIZE;
        }
        return blocks.areTooMany() ? SMALLEST_READ_SIZE : SMALL_READ_SIZE;
    }

    /** Tells of a connection that is given up: once a second, as what is short is short for many. */
    void complain(EpollLeg leg, Throwable cause) {
        long now = System.nanoTime();
        if (now - nextComplaint < 0) {
            complaintsUntold++;
            return;
        }
        nextComplaint = now + COMPLAIN_EVERY_NANOS;
        String others = complaintsUntold == 0 ? "" : " (and " + complaintsUntold + " more since the last such line)";
        complaintsUntold = 0;
        if (cause instanceof OutOfMemoryError) { // where it was noticed says nothing
            LOG.warn(
                    "no memory for the connection with {}, which is given up{}: {}",
                    leg.remote(),
                    others,
                    cause.getMessage());
        } else {
            LOG.error("the connection with {} is given up{}", leg.remote(), others, cause);
        }
    }

    Blocks blocks() {
        return blocks;
    }

    Pipes pipes() {
        return pipes;
    }

    Newcomers newcomers() {
        return newcomers;
    }

    IoRegistration register(EpollIoHandle handle) {
        return loop.register(handle).getNow();
    }

    /**
     * Closes a connection at the end of the turn: another one may only then have its descriptor, or it would be told what the kernel has
     * said of this one.
     */
    void bury(EpollLeg leg) {
        closing.add(leg);
        if (closing.size() == 1) {
            loop.execute(this::closeBuried);
        }
    }

    private void closeBuried() {
        for (EpollLeg leg = closing.poll(); leg != null; leg = closing.poll()) {
            try {
                leg.closeNow();
            } catch (RuntimeException e) { // of whoever waited for that: the others are closed all the same
                LOG.error("while a connection with {} was closed", leg.remote(), e);
            }
        }
    }

    /** Gives up what it has, once the loop has ended. */
    void close() {
        pipes.close();
        blocks.close();
    }
}
