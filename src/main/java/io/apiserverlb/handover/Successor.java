package io.apiserverlb.handover;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that has come to take over, as this one sees it; confined to the loop of the hand-over. */
final class Successor extends SimpleChannelInboundHandler<String> {
    private static final Logger LOG = LoggerFactory.getLogger(Successor.class);

    private final Handover handover;
    private final EpollDomainSocketChannel channel;
    private final Estate estate;
    private final Duration patience;
    private List<Integer> listeners = List.of();
    private boolean admitted;
    private boolean complete;

    Successor(Handover handover, EpollDomainSocketChannel channel, Estate estate, Duration patience) {
        this.handover = handover;
        this.channel = channel;
        this.estate = estate;
        this.patience = patience;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String words) throws HandoverException {
        if (!admitted) {
            String refusal = words.equals(Meeting.TAKE_OVER)
                    ? handover.admit(this)
                    : "it understands " + Meeting.TAKE_OVER + " only";
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            admitted = true;
            begin();
        } else if (words.equals(Meeting.SEND)) {
            listeners.forEach(descriptor -> context.write(new FileDescriptor(descriptor)));
            context.flush();
        } else if (words.startsWith(Meeting.COMPLETE) && !complete) {
            Set<Integer> used = used(words.substring(Meeting.COMPLETE.length()));
            complete = true;
            estate.leave(used);
            handover.left();
            context.writeAndFlush(Meeting.LEFT);
        }
    }

    private void begin() {
        // In JSON a line break is never part of a value.
        channel.write(Meeting.STATE + estate.settle().replace('\n', ' '));
        listeners = estate.listeners();
        channel.writeAndFlush(Meeting.LISTENERS + new Offer(listeners.size(), handover.instance()).words());
        channel.eventLoop().schedule(this::expire, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Set<Integer> used(String words) throws HandoverException {
        return Chosen.parse(words, listeners.size()).places().stream()
                .map(listeners::get)
                .collect(Collectors.toSet());
    }

    private void expire() {
        if (!complete && channel.isActive()) {
            refuse("the other process has waited for too long, and serves again");
        }
    }

    /** The word comes before the end, which alone would mean that this process has ended. */
    private void refuse(String why) {
        channel.writeAndFlush(Meeting.REFUSED + why).addListener(done -> channel.close());
    }

    /** This process ends. */
    void leaveAlone() {
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (admitted) {
            handover.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("handing over failed", cause);
        refuse("it failed: " + cause);
    }
}
