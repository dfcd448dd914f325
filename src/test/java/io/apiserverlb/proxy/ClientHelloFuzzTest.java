package io.apiserverlb.proxy;

import static io.apiserverlb.testing.Demands.demand;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.proxy.ClientHello.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What clients say first. */
class ClientHelloFuzzTest {
    private static final int RECORD_HEADER = 5;

    @FuzzTest
    void looksAtFirstFlights(byte[] bytes) {
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        Kind whole = ClientHello.look(all);
        demand(all.readerIndex() == 0 && all.readableBytes() == bytes.length, "looking has consumed something");
        demand(ClientHello.look(behindOthers(bytes)) == whole, "it matters where in a buffer it stands");
        if (whole == Kind.COMPLETE) {
            int record = all.getUnsignedShort(3);
            demand(bytes.length == RECORD_HEADER + record, "a complete flight is not one record");
            demand(record <= ClientHello.LONGEST_RECORD, "a record is too long to be kept: " + record);
        }
        Kind before = Kind.UNFINISHED;
        // What is not finished may become anything; what is, stays so but for a complete one that goes on.
        for (int length = 0; length <= bytes.length; length += step(length, bytes.length)) {
            Kind kind = ClientHello.look(Unpooled.wrappedBuffer(bytes, 0, length));
            demand(before != Kind.OTHER || kind == Kind.OTHER, "something else has become a ClientHello");
            demand(before != Kind.COMPLETE || kind == Kind.OTHER, "a complete ClientHello is followed by " + kind);
            before = kind;
        }
        demand(before == whole, "it matters in which pieces it comes");
        demand(inPieces(bytes) == whole, "a flight in pieces is not what it is at once");
    }

    /** Each length of a short flight and about a hundred of a long one, the last included. */
    private static int step(int length, int all) {
        int step = Math.max(1, all / 100);
        return length < all && length + step > all ? all - length : step;
    }

    private static ByteBuf behindOthers(byte[] bytes) {
        return Unpooled.buffer(bytes.length + 3)
                .writeMedium(0x160301)
                .writeBytes(bytes)
                .skipBytes(3);
    }

    private static Kind inPieces(byte[] bytes) {
        Blocks blocks = new Blocks(bytes.length);
        FirstFlight flight = new FirstFlight(blocks);
        int half = bytes.length / 2;
        try {
            flight.add(Unpooled.wrappedBuffer(bytes, 0, half));
            Kind kind = flight.add(Unpooled.wrappedBuffer(bytes, half, bytes.length - half));
            demand(flight.said().equals(Unpooled.wrappedBuffer(bytes)), "what was said is not kept as it was");
            return kind;
        } finally {
            flight.release();
            blocks.close();
        }
    }
}
