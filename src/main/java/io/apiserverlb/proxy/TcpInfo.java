package io.apiserverlb.proxy;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What Linux tells of a connection: TCP_INFO of tcp(7), struct tcp_info in linux/tcp.h, whose beginning does not change.
 *
 * @param unacked segments sent and not acknowledged
 * @param backoff how often the timer for repeating or probing was doubled
 * @param probes unanswered probes of a closed window
 * @param lastDataSent milliseconds ago
 * @param lastAckReceived milliseconds ago
 */
record TcpInfo(long unacked, int backoff, int probes, long lastDataSent, long lastAckReceived) {
    private static final int TCP_INFO = 11;
    private static final int PROBES = 3;
    private static final int BACKOFF = 4;
    private static final int UNACKED = 24;
    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_ACK_RECEIVED = 56;
    private static final int SIZE = 60;
    private static final int BYTE = 0xff;
    private static final long INT = 0xffff_ffffL;

    static TcpInfo of(Socket socket) throws IOException {
        ByteBuffer info = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
        socket.getRawOpt(SocketOptions.SOL_TCP, TCP_INFO, info);
        return new TcpInfo(
                info.getInt(UNACKED) & INT,
                info.get(BACKOFF) & BYTE,
                info.get(PROBES) & BYTE,
                info.getInt(LAST_DATA_SENT) & INT,
                info.getInt(LAST_ACK_RECEIVED) & INT);
    }
}
