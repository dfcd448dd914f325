package io.apiserverlb.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process takes over from the one before.
 *
 * <p>Used by one thread. Until {@link #complete} the other goes on serving, and takes everything back if this process ends.
 */
public final class Takeover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final Object END = new Object();

    private final EpollDomainSocketChannel channel;
    private final BlockingQueue<Object> heard;
    private final Duration patience;
    private final List<Integer> descriptors = new ArrayList<>();
    private String state = "";
    private String instance = "";

    private Takeover(EpollDomainSocketChannel channel, BlockingQueue<Object> heard, Duration patience) {
        this.channel = channel;
        this.heard = heard;
        this.patience = patience;
    }

    /**
     * Begins to take over from the process of this name, if there is one in this network namespace that is this user's or root's.
     *
     * @param patience how long to wait for each of its answers
     * @throws HandoverException if there is one that does not hand over
     */
    public static Optional<Takeover> begin(String name, EventLoopGroup group, Duration patience)
            throws HandoverException {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Meeting.speak(channel.pipeline(), Meeting.LONG_LINES);
                        channel.pipeline().addLast(new Ear(heard));
                    }
                })
                .connect(Meeting.of(name))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            return Optional.empty();
        }
        EpollDomainSocketChannel channel = (EpollDomainSocketChannel) connected.channel();
        String distrust = Meeting.distrust(channel);
        if (distrust != null) {
            LOG.warn("nothing is taken over from the process that answers for {}: {}", name, distrust);
            channel.close();
            return Optional.empty();
        }
        Takeover takeover = new Takeover(channel, heard, patience);
        try {
            takeover.begin();
        } catch (HandoverException e) {
            takeover.close();
            throw e;
        }
        return Optional.of(takeover);
    }

    private void begin() throws HandoverException {
        say(Meeting.TAKE_OVER);
        state = answer(Meeting.STATE);
        Offer offer = Offer.parse(answer(Meeting.LISTENERS));
        instance = offer.instance();
        channel.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        say(Meeting.SEND);
        for (int i = 0; i < offer.listeners(); i++) {
            if (!(next() instanceof FileDescriptor listener)) {
                throw new HandoverException("the process before sent something else than a listener");
            }
            descriptors.add(listener.intValue());
        }
        channel.config().setReadMode(DomainSocketReadMode.BYTES);
    }

    private void say(String words) {
        channel.writeAndFlush(words);
    }

    private String answer(String expected) throws HandoverException {
        if (next() instanceof String answer && answer.startsWith(expected)) {
            return answer.substring(expected.length());
        }
        throw new HandoverException("the process before speaks another language");
    }

    private Object next() throws HandoverException {
        Object next;
        try {
            next = heard.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HandoverException("interrupted");
        }
        if (next == null) {
            throw new HandoverException("the process before does not answer");
        } else if (next == END) {
            throw new HandoverException.Gone();
        } else if (next instanceof String answer && answer.startsWith(Meeting.REFUSED)) {
            throw new HandoverException("the process before refuses: " + answer.substring(Meeting.REFUSED.length()));
        }
        return next;
    }

    /** The list as the other process had it: the text of its state file. */
    public String state() {
        return state;
    }

    /** By which probes tell the other process from this one. */
    public String instance() {
        return instance;
    }

    /** Tells when the other process has ended; on the loop. */
    public void whenClosed(Runnable task) {
        channel.closeFuture().addListener(closed -> task.run());
    }

    /** The listeners of the other process, each to be closed by whoever uses it. */
    public List<Integer> descriptors() {
        return List.copyOf(descriptors);
    }

    /**
     * Has the other process stop accepting on these of its listeners, and waits until it has; or it has ended.
     *
     * @throws HandoverException if it has taken everything back
     */
    public void complete(Set<Integer> used) throws HandoverException {
        Set<Integer> places = used.stream().map(descriptors::indexOf).collect(Collectors.toSet());
        say(Meeting.COMPLETE + new Chosen(places).words());
        try {
            answer(Meeting.LEFT);
        } catch (HandoverException.Gone e) {
            LOG.info("the process before has ended: this one has all that it had");
        }
    }

    /** Whether the other process is still there. */
    public boolean isOpen() {
        return channel.isActive();
    }

    /** Gives everything back, as the end of this process does. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    private static final class Ear extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Object> heard;

        Ear(BlockingQueue<Object> heard) {
            this.heard = heard;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            heard.add(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            heard.add(END);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
