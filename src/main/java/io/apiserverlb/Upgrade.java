package io.apiserverlb;

import io.apiserverlb.handover.Estate;
import io.apiserverlb.handover.Handover;
import io.apiserverlb.handover.HandoverException;
import io.apiserverlb.handover.Takeover;
import io.apiserverlb.handover.WebListeners;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.ServerState;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    /** How long to wait for a server to pass a check. */
    private static final Duration CHECKS = Duration.ofSeconds(30);

    private final String name;
    private final String instance;
    private final InheritedSockets sockets;
    private final WebListeners webListeners;
    private final @Nullable EventLoopGroup loops;
    private final @Nullable Takeover before;
    private @Nullable Handover next;
    private volatile boolean left;

    private Upgrade(
            LbProperties properties,
            InheritedSockets sockets,
            @Nullable EventLoopGroup loops,
            @Nullable Takeover before) {
        this.name = properties.name();
        this.instance = properties.instance();
        this.sockets = sockets;
        this.webListeners = new WebListeners(sockets::take, before != null);
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
            return new Upgrade(properties, sockets, null, null);
        }
        if (!Epoll.isAvailable()) {
            throw new ConfigurationException("lb.handover: it needs Linux' epoll");
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("lb-handover", true), EpollIoHandler.newFactory());
        try {
            Optional<Takeover> before = Takeover.begin(properties.name(), loops, ANSWER);
            if (before.isPresent()) {
                sockets.add(before.get().descriptors());
            }
            return new Upgrade(properties, sockets, loops, before.orElse(null));
        } catch (HandoverException | IOException e) {
            throw new ConfigurationException("lb.handover: " + e.getMessage());
        }
    }

    /** The list of the process before, as the text of its state file. */
    Optional<String> state() {
        return Optional.ofNullable(before).map(Takeover::state);
    }

    WebListeners webListeners() {
        return webListeners;
    }

    /** Whether the web servers' sockets are, or may become, those of another process as well. */
    boolean sharesSockets() {
        return loops != null || !sockets.isEmpty();
    }

    /** Whether the process before serves as yet. */
    boolean isWaiting() {
        return before != null;
    }

    /**
     * Ends the taking over once a server has passed a check, and lets the next process come: this one serves from now on.
     *
     * @throws ConfigurationException if none does in time, or if the process before has taken everything back
     */
    void complete(LoadBalancer balancer) {
        Estate everything = new Everything(balancer);
        if (before != null) {
            awaitServer(balancer, before);
            Set<Integer> used = new HashSet<>(before.descriptors());
            used.removeAll(sockets.unused());
            try {
                before.complete(used);
            } catch (HandoverException e) {
                throw new ConfigurationException("lb.handover: " + e.getMessage());
            }
            sockets.closeUnused();
            everything.takeBack();
            report(balancer, "took over from the process before");
        }
        if (loops != null) {
            next = new Handover(name, instance, loops.next(), everything, START, what -> report(balancer, what));
            next.open();
        }
    }

    /** Where nobody else serves there is nothing to wait for. */
    private static void awaitServer(LoadBalancer balancer, Takeover before) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        before.whenClosed(() -> passed.complete(null));
        balancer.pool().subscribe(list -> {
            if (!passed.isDone() && list.servers().stream().anyMatch(server -> server.state() == ServerState.UP)) {
                passed.complete(null);
            }
        });
        try {
            passed.get(CHECKS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ConfigurationException("lb.handover: no server has passed a check for " + Durations.text(CHECKS)
                    + ", and the process before goes on");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a probe that names this instance is meant for this process, or for one that stands by: it serves if this one ends. */
    boolean answersFor(String wanted) {
        return wanted.equals(instance) || (before != null && before.isOpen() && wanted.equals(before.instance()));
    }

    private static void report(LoadBalancer balancer, String message) {
        balancer.events().record(Event.Type.PROCESS, Event.Severity.INFO, "process", message);
    }

    /** Whether another process accepts the clients. */
    boolean isLeft() {
        return left;
    }

    /**
     * Lets no process come any more, and waits for the end of what is under way, if that is soon. Gives everything back to the process
     * before, if that is still there.
     */
    void close(LoadBalancer balancer) {
        if (next != null) {
            next.close();
        }
        boolean handedOn = next != null && next.isHandedOn();
        if (before != null && !handedOn && before.isOpen()) {
            Estate everything = new Everything(balancer);
            everything.settle();
            everything.leave(Set.copyOf(everything.listeners()));
            before.close();
        }
    }

    private final class Everything implements Estate {
        private final LoadBalancer balancer;

        Everything(LoadBalancer balancer) {
            this.balancer = balancer;
        }

        @Override
        public String settle() {
            return balancer.settle();
        }

        @Override
        public List<Integer> listeners() {
            return Stream.concat(balancer.descriptors().stream(), webListeners.descriptors().stream())
                    .toList();
        }

        @Override
        public void leave(Set<Integer> listeners) {
            left = true;
            balancer.leaveToOther(listeners);
            webListeners.leaveToOther(listeners);
        }

        @Override
        public void takeBack() {
            left = false;
            webListeners.leaveToOther(Set.of());
            balancer.takeBack();
        }
    }
}
