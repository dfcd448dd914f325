package io.apiserverlb.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the process that will take over from this one, and hands everything over to it.
 *
 * <p>Confined to its event loop, which nobody else needs, but for the public methods.
 */
public final class Handover implements AutoCloseable {
    /** Its last owner may be about to end. */
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** How long the end of this process waits for the other one. */
    private static final Duration END = Duration.ofSeconds(10);

    private final String name;
    private final EventLoop loop;
    private final Estate estate;
    private final Duration patience;
    private final Consumer<String> report;
    private final CountDownLatch over = new CountDownLatch(1);

    private @Nullable Channel door;
    private @Nullable Successor successor;
    private boolean closing;
    private boolean stuckReported;

    /**
     * Nobody can come yet.
     *
     * @param patience how long the other process may take from the beginning to the end
     * @param report is told what happens, in words; on the loop
     */
    public Handover(String name, EventLoop loop, Estate estate, Duration patience, Consumer<String> report) {
        this.name = name;
        this.loop = loop;
        this.estate = estate;
        this.patience = patience;
        this.report = report;
    }

    /** Lets the next process come, from now on or as soon as nobody else has the name; not on the loop. */
    public void open() {
        loop.submit(this::openDoor).syncUninterruptibly();
    }

    private void openDoor() {
        if (closing || door != null) {
            return;
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel) {
                        Meeting.speak(channel.pipeline());
                        channel.pipeline().addLast(new Successor(Handover.this, channel, estate, patience));
                    }
                })
                .bind(Meeting.of(name));
        door = bound.channel();
        bound.addListener(done -> {
            if (!done.isSuccess()) {
                doorIsStuck(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private void doorIsStuck(String why) {
        door = null;
        if (!stuckReported) {
            stuckReported = true;
            report.accept("no process can take over from this one: " + why);
        }
        loop.schedule(this::openDoor, RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void closeDoor() {
        if (door != null) {
            door.close();
            door = null;
        }
    }

    /** Why this one may not take over now, or null if it may. */
    @Nullable
    String admit(Successor candidate) {
        if (closing) {
            return "it is being stopped";
        }
        if (successor != null) {
            return "another process is taking over already";
        }
        successor = candidate;
        report.accept("another process is taking over");
        return null;
    }

    void left(Successor now) {
        closeDoor();
        over.countDown();
        report.accept("another process serves now; the sessions that are here stay until they end");
    }

    void gone(Successor before) {
        if (successor != before) {
            return;
        }
        successor = null;
        if (closing) {
            over.countDown();
            return;
        }
        estate.takeBack();
        report.accept("the process that took over has ended: this one serves again");
        openDoor();
    }

    /** Lets nobody come any more, and waits for the end of what is under way; not on the loop. */
    @Override
    public void close() {
        loop.submit(() -> {
                    closing = true;
                    closeDoor();
                    if (successor == null) {
                        over.countDown();
                    }
                })
                .syncUninterruptibly();
        try {
            over.await(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
