package io.apiserverlb.proxy;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;

/** What the kernel knows of the bytes that were sent on a connection. */
final class Delivery {
    private Delivery() {}

    /** Whether the other kernel lets some wait for its acknowledgement; never, where ours does not say. */
    static boolean isMissing(SocketChannel channel) {
        try {
            return channel instanceof EpollSocketChannel epoll
                    && epoll.tcpInfo().unacked() > 0;
        } catch (ChannelException e) {
            return false; // closed
        }
    }
}
