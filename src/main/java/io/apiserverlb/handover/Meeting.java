package io.apiserverlb.handover;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import io.netty.handler.codec.string.StringDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where two processes meet, whom they trust and what they say.
 *
 * <p>Lines of text, but for the descriptors, which follow each other when they have been asked for: a read that does not expect one would
 * lose it. The one that takes over says {@link #TAKE_OVER}; it is told {@link #STATE} and {@link #LISTENERS}, how many and of which instance; it says {@link #SEND}, takes
 * the descriptors, starts, and says {@link #COMPLETE}, with the numbers of those that it uses; the other stops accepting on them and says
 * {@link #LEFT}. {@link #REFUSED} may come instead of any answer. The connection lasts as long as both do: if it ends without a word, the
 * other process has ended.
 */
final class Meeting {
    static final String TAKE_OVER = "take-over 1";
    static final String STATE = "state ";
    static final String LISTENERS = "listeners ";
    static final String SEND = "send";
    static final String COMPLETE = "complete ";
    static final String LEFT = "left";
    static final String REFUSED = "refused ";

    /** More than the largest state, for the process that asks for it. */
    static final int LONG_LINES = 8 * 1024 * 1024;

    static final int SHORT_LINES = 4_096;
    private static final int ROOT = 0;

    private Meeting() {}

    /** A name that begins with NUL is abstract: no file, and gone with the process. */
    static DomainSocketAddress of(String name) {
        return new DomainSocketAddress("\0apiserver-lb/" + name);
    }

    static void speak(ChannelPipeline pipeline, int longestLine) {
        pipeline.addLast(new LineBasedFrameDecoder(longestLine));
        pipeline.addLast(new StringDecoder(StandardCharsets.UTF_8));
        pipeline.addLast(new LineEncoder(LineSeparator.UNIX, StandardCharsets.UTF_8));
    }

    /** The user of this process. */
    static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Why the other end is not to be trusted, or null: anybody on this host may use an abstract name, and only the kernel knows who
     * (SO_PEERCRED). This user's processes are trusted, and root's.
     */
    static @Nullable String distrust(EpollDomainSocketChannel other) {
        try {
            int own = ownUser();
            int user = other.peerCredentials().uid();
            return user == own || user == ROOT ? null : "it is user " + user + "'s, and this one is user " + own + "'s";
        } catch (IOException e) {
            return "whose it is cannot be told: " + e.getMessage();
        }
    }
}
