package io.apiserverlb.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    protected void channelRead0(ChannelHandlerContext context, String words) {
        if (!admitted) {
            String refusal = refusal(words);
            if (refusal != null) {
                context.writeAndFlush(Meeting.REFUSED + refusal).addListener(done -> context.close());
                return;
            }
            admitted = true;
            begin(context.channel());
        } else if (words.equals(Meeting.SEND)) {
            listeners.forEach(descriptor -> context.write(new FileDescriptor(descriptor)));
            context.flush();
        } else if (words.equals(Meeting.COMPLETE) && !complete) {
            complete = true;
            estate.leave();
            handover.left(this);
            context.writeAndFlush(Meeting.LEFT);
        }
    }

    private @Nullable String refusal(String words) {
        String distrust = Meeting.distrust(channel);
        if (distrust != null) {
            return "the process that wants to take over is not trusted: " + distrust;
        }
        if (!words.equals(Meeting.TAKE_OVER)) {
            return "it understands " + Meeting.TAKE_OVER + " only";
        }
        return handover.admit(this);
    }

    private void begin(Channel channel) {
        // In JSON a line break is never part of a value.
        channel.write(Meeting.STATE + estate.settle().replace('\n', ' '));
        listeners = estate.listeners();
        channel.writeAndFlush(Meeting.LISTENERS + listeners.size());
        channel.eventLoop().schedule(this::expire, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire() {
        if (!complete) {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (admitted) {
            handover.gone(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("handing over failed", cause);
        context.close();
    }
}
