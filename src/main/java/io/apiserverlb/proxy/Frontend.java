package io.apiserverlb.proxy;

import io.apiserverlb.pool.Admittance;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionView;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * The side of the balancer that clients see: binds the listeners and accepts.
 *
 * <p>Bound once, and closed in the end; seen by any thread.
 */
public final class Frontend implements SessionView, AutoCloseable {
    private final Settings settings;
    private final Admission admission;
    private final Acceptor acceptor;
    private final Listeners listeners;
    private final Refusal refusal;
    private volatile Set<Integer> leftToOther = Set.of();
    private volatile boolean waiting;

    /**
     * Where to listen, how many sessions to have, and for whom.
     *
     * @param maxConnections at least 1
     * @param zeroServers whether the listeners close while no server can be connected to
     */
    public record Settings(
            List<ListenAddress> listen, int maxConnections, ClientRules clients, ZeroServers zeroServers) {
        public Settings {
            listen = List.copyOf(listen);
            if (maxConnections < 1) {
                throw new IllegalArgumentException("at least 1 connection must be allowed, not " + maxConnections);
            }
        }
    }

    /** Not bound yet. */
    public Frontend(
            Settings settings,
            Sessions sessions,
            ServerPool pool,
            SocketOptions options,
            Events events,
            EventLoops loops) {
        this.settings = settings;
        EventLoop acceptLoop = loops.group().next();
        this.admission = new Admission(settings.clients(), pool, events, loops::coarseNanos);
        this.acceptor = new Acceptor(settings.maxConnections(), admission, sessions, acceptLoop, pool, events);
        this.listeners = new Listeners(settings.listen(), loops.transport(), acceptLoop, options, acceptor);
        this.refusal = new Refusal(listeners, pool, events, acceptLoop);
        sessions.whenOutOfResources(acceptor::unserved);
        if (settings.zeroServers() == ZeroServers.REFUSE) {
            sessions.whenUnserved(refusal::unserved);
        }
    }

    /**
     * Binds every listener that nobody has bound before, or none.
     *
     * @throws ListenException if an address cannot be bound
     */
    public void bind(InheritedListeners inherited) {
        listeners.bind(inherited);
    }

    /** Opens or closes the listeners as the list demands; for one caller at a time, hands off. */
    public void accept(ServerList list) {
        refusal.accept(list);
    }

    /** Lets all clients wait until {@link #leaveToOther}, also those of listeners that are yet to be bound; by any thread. */
    public void letWait() {
        waiting = true;
        acceptor.letWait();
    }

    /** The descriptors of the listeners, for another process to listen as well. */
    public List<Integer> descriptors() {
        return listeners.descriptors();
    }

    /**
     * Leaves the clients of these listeners, and of no others, to another process that has them as well; by any thread.
     *
     * <p>They stay open: should that process end, those who wait are not lost.
     */
    public void leaveToOther(Set<Integer> descriptors) {
        leftToOther = Set.copyOf(descriptors);
        waiting = false;
        acceptor.leaveToOther(leftToOther);
    }

    @Override
    public List<InetSocketAddress> listeners() {
        return waiting ? List.of() : listeners.open(leftToOther);
    }

    /** The addresses that are bound, and those that will be again. */
    public List<InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    @Override
    public int active() {
        return acceptor.active();
    }

    @Override
    public int limit() {
        return settings.maxConnections();
    }

    /** A client of this host is taken to come to a loopback address; any other comes to what others can reach, if there is such. */
    @Override
    public Admittance admittance(InetAddress client) {
        boolean local = client.isLoopbackAddress()
                || addresses().stream()
                        .allMatch(listener -> listener.getAddress().isLoopbackAddress());
        String refusal = admission.refusal(client, local);
        return refusal == null ? acceptor.admittance() : Admittance.refused("it " + refusal);
    }

    /** How many client addresses are counted at the moment. */
    int clients() {
        return admission.clients();
    }

    /** Stops accepting; sessions go on. */
    @Override
    public void close() {
        listeners.close();
    }
}
