package io.apiserverlb;

import io.apiserverlb.handover.Estate;
import io.apiserverlb.handover.Handover;
import io.apiserverlb.handover.HandoverException;
import io.apiserverlb.handover.Takeover;
import io.apiserverlb.handover.WebListeners;
import io.apiserverlb.pool.Event;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This process in the row of those that serve under one name: takes over from the one before, and hands over to the next.
 *
 * <p>Without {@code lb.handover} it is the only one.
 */
final class Upgrade {
    /** How long the process before may take for an answer. */
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** How long the next process may take to start. */
    private static final Duration START = Duration.ofMinutes(1);

    private final String name;
    private final InheritedSockets sockets;
    private final WebListeners webListeners;
    private final @Nullable EventLoopGroup loops;
    private final @Nullable Takeover before;
    private @Nullable Handover next;
    private volatile boolean settled;
    private volatile boolean left;

    private Upgrade(String name, InheritedSockets sockets, @Nullable EventLoopGroup loops, @Nullable Takeover before) {
        this.name = name;
        this.sockets = sockets;
        this.webListeners = new WebListeners(sockets::take);
        this.loops = loops;
        this.before = before;
    }

    /**
     * Takes over from the process before, if there is one and that is wanted.
     *
     * @param sockets what systemd has passed on
     * @throws ConfigurationException if that is not possible
     */
    static Upgrade begin(LbProperties properties, InheritedSockets sockets) {
        if (!properties.handover()) {
            return new Upgrade(properties.name(), sockets, null, null);
        }
        if (!Epoll.isAvailable()) {
            throw ConfigurationException.of("lb.handover", "true", "it needs Linux' epoll");
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("lb-handover", true), EpollIoHandler.newFactory());
        try {
            Optional<Takeover> before = Takeover.begin(properties.name(), loops, ANSWER);
            if (before.isPresent()) {
                sockets.add(before.get().descriptors());
            }
            return new Upgrade(properties.name(), sockets, loops, before.orElse(null));
        } catch (HandoverException | IOException e) {
            throw ConfigurationException.of("lb.handover", "true", String.valueOf(e.getMessage()));
        }
    }

    /** The list of the process before, as the text of its state file. */
    Optional<String> state() {
        return Optional.ofNullable(before).map(Takeover::state);
    }

    /** Those that are bound already. */
    InheritedSockets sockets() {
        return sockets;
    }

    WebListeners webListeners() {
        return webListeners;
    }

    /** Whether the web servers' sockets are, or may become, those of another process as well. */
    boolean sharesSockets() {
        return loops != null || !sockets.isEmpty();
    }

    /**
     * Ends the taking over, and lets the next process come: this one serves everywhere.
     *
     * @throws ConfigurationException if the process before has taken everything back
     */
    void complete(LoadBalancer balancer) {
        if (before != null) {
            try {
                before.complete();
            } catch (HandoverException e) {
                throw ConfigurationException.of("lb.handover", "true", String.valueOf(e.getMessage()));
            }
            sockets.close();
            report(balancer, "took over from the process before");
        }
        if (loops != null) {
            next = new Handover(name, loops.next(), new Balancers(balancer), START, what -> report(balancer, what));
            next.open();
        }
    }

    private static void report(LoadBalancer balancer, String message) {
        balancer.events().record(Event.Type.PROCESS, Event.Severity.INFO, "process", message);
    }

    /** Whether the list is another process's by now. */
    boolean isSettled() {
        return settled;
    }

    /** Whether another process accepts the clients. */
    boolean isLeft() {
        return left;
    }

    /** Lets no process come any more, and waits for the end of what is under way, if that is soon. */
    void close() {
        if (next != null) {
            next.close();
        }
    }

    private final class Balancers implements Estate {
        private final LoadBalancer balancer;

        Balancers(LoadBalancer balancer) {
            this.balancer = balancer;
        }

        @Override
        public String settle() {
            settled = true;
            return balancer.state().leaveToOther(balancer.pool().list());
        }

        @Override
        public List<Integer> listeners() {
            return Stream.concat(balancer.offer().stream(), webListeners.descriptors().stream())
                    .toList();
        }

        @Override
        public void leave() {
            left = true;
            balancer.leaveToOther(true);
            webListeners.leaveToOther(true);
        }

        @Override
        public void takeBack() {
            webListeners.leaveToOther(false);
            balancer.leaveToOther(false);
            left = false;
            balancer.state().takeBack(balancer.pool().list());
            settled = false;
        }
    }
}
