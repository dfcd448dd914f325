package io.apiserverlb.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the process that will take over from this one, and hands everything over to it.
 *
 * <p>Who has the name serves: this process takes back what it has left only when it has the name again. Confined to its event loop, which
 * nobody else needs, but for the public methods.
 */
public final class Handover implements AutoCloseable {
    /** Its last owner may be about to end. */
    private static final Duration RETRY = Duration.ofMillis(100);

    private static final int TRIES_TO_RETURN = 50;
    /** How long the end of this process waits for the other one. */
    private static final Duration END = Duration.ofSeconds(10);

    private final String name;
    private final String instance;
    private final EventLoop loop;
    private final Estate estate;
    private final Duration patience;
    private final Consumer<String> report;

    private volatile CountDownLatch over = new CountDownLatch(0);
    private volatile boolean handedOn;

    private @Nullable Channel door;
    private @Nullable Successor successor;
    private boolean left;
    private boolean closing;
    private int tries;

    /**
     * Nobody can come yet.
     *
     * @param instance by which probes tell this process from the other
     * @param patience how long the other process may take from the beginning to the end
     * @param report is told what happens, in words; on the loop
     */
    public Handover(
            String name, String instance, EventLoop loop, Estate estate, Duration patience, Consumer<String> report) {
        this.name = name;
        this.instance = instance;
        this.loop = loop;
        this.estate = estate;
        this.patience = patience;
        this.report = report;
    }

    /** Lets the next process come, from now on or as soon as nobody else has the name; not on the loop. */
    public void open() {
        loop.submit(this::openDoor).syncUninterruptibly().getNow().awaitUninterruptibly();
    }

    private Future<Void> openDoor() {
        if (closing) {
            return loop.newSucceededFuture(null);
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel) {
                        meet(channel);
                    }
                })
                .bind(Meeting.of(name));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                opened(bound.channel());
            } else {
                notOpened(String.valueOf(done.cause().getMessage()));
            }
        });
        return bound;
    }

    private void meet(EpollDomainSocketChannel channel) {
        String distrust = Meeting.distrust(channel);
        if (distrust == null) {
            Meeting.speak(channel.pipeline(), Meeting.SHORT_LINES);
            channel.pipeline().addLast(new Successor(this, channel, estate, patience));
        } else {
            channel.close();
            report.accept("a process that wants to take over is not trusted: " + distrust);
        }
    }

    private void opened(Channel bound) {
        door = bound;
        tries = 0;
        if (closing) {
            closeDoor();
        } else if (left) {
            left = false;
            takeBack("the process that took over has ended: this one serves again");
        }
    }

    private void notOpened(String why) {
        tries++;
        if (left && tries == TRIES_TO_RETURN) {
            report.accept("the process that took over has ended, and another one serves already");
            return;
        }
        if (!left && tries == 1) {
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

    private void takeBack(String what) {
        estate.takeBack();
        report.accept(what);
    }

    String instance() {
        return instance;
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
        over = new CountDownLatch(1);
        report.accept("another process is taking over");
        return null;
    }

    /** The other process serves. */
    void left() {
        left = true;
        closeDoor();
        over.countDown();
        report.accept("another process serves now; the sessions that are here stay until they end");
    }

    /** It has ended, or given up. */
    void gone() {
        successor = null;
        over.countDown();
        if (closing) {
            return;
        }
        if (left) {
            openDoor();
        } else {
            takeBack("the process that was taking over has not come to serve: this one goes on");
        }
    }

    /**
     * Lets nobody come any more, and waits for the end of what is under way, for some seconds at most: who has not come to serve by then
     * knows that this process has ended. Not on the loop.
     */
    @Override
    public void close() {
        loop.submit(() -> {
                    closing = true;
                    closeDoor();
                })
                .syncUninterruptibly();
        try {
            over.await(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.submit(() -> {
                    if (successor != null) {
                        handedOn = true;
                        successor.leaveAlone();
                    }
                })
                .syncUninterruptibly();
    }

    /** Whether another process goes on, now that this one is closed. */
    public boolean isHandedOn() {
        return handedOn;
    }
}
