package io.apiserverlb;

import io.apiserverlb.check.Checker;
import io.apiserverlb.discovery.NameResolver;
import io.apiserverlb.pool.CertificateNotices;
import io.apiserverlb.pool.CertificateWarnings;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.pool.SessionView;
import io.apiserverlb.proxy.AllSessions;
import io.apiserverlb.proxy.Dialer;
import io.apiserverlb.proxy.EventLoops;
import io.apiserverlb.proxy.Frontend;
import io.apiserverlb.proxy.InheritedListeners;
import io.apiserverlb.proxy.ListenAddress;
import io.apiserverlb.proxy.ListenException;
import io.apiserverlb.proxy.Sessions;
import io.apiserverlb.proxy.SocketOptions;
import io.apiserverlb.state.StateFile;
import io.apiserverlb.tls.ClientTls;
import io.apiserverlb.tls.ClusterAccess;
import io.apiserverlb.tls.TlsSettingsException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The balancer itself, without the web server beside it: all rooms, wired.
 *
 * <p>Started and stopped once.
 */
final class LoadBalancer {
    private static final Duration TICK = Duration.ofSeconds(10);
    /** What closing the last sessions may take beyond the time over which it is spread. */
    private static final Duration DRAIN_SLACK = Duration.ofSeconds(2);

    private final Blueprint blueprint;
    private final InstantSource clock = InstantSource.system();
    private final LongSupplier nanoTime = System::nanoTime;
    /** For many threads; one that is used under a lock or on one loop gets a fast one of its own. */
    private final SecureRandom random = new SecureRandom();

    private final LocalAddresses local = new LocalAddresses();

    private final Events events = new Events(clock);
    private final EventLoops trafficLoops;
    private final EventLoops checkLoops;
    private final ScheduledExecutorService worker;
    private final ClientTls tls;
    private final StateFile state;
    private final ServerPool pool;
    private final Sessions sessions;
    private final Frontend frontend;
    private final Checker checker;
    private final ClusterGateway gateway;
    private final ClusterDiscovery discovery;
    private final CertificateWarnings warnings;
    private final CertificateNotices notices;
    private volatile boolean running;

    /**
     * Nothing is bound, checked or written yet.
     *
     * @param before the list of the process before, where one hands over; else the state file has it
     * @throws ConfigurationException if a file cannot be used
     */
    LoadBalancer(Blueprint blueprint, String nodeName, Optional<String> before) {
        this.blueprint = blueprint;
        events.subscribe(EventLog::write);
        tls = new ClientTls(blueprint.tls(), this::clusterAccess, clock, this::reportTls);
        verify(tls);

        ClusterPlan plan = ClusterPlan.of(blueprint, clock, nanoTime);
        state = new StateFile(blueprint.stateFile(), blueprint.configured(), clock, events);
        boolean asks = plan.asksTheCluster();
        ServerPool.Memory memory = plan.complete(before.map(text -> state.restore(text, blueprint.seeds(), asks))
                .orElseGet(() -> state.restore(blueprint.seeds(), asks)));
        plan.requireSeed(memory.membership().seeds());
        pool = new ServerPool(
                blueprint.pool(),
                memory,
                new OwnAddress(this::listeners, local),
                local,
                clock,
                nanoTime,
                fastRandom(),
                events);

        trafficLoops = new EventLoops("lb-io", Runtime.getRuntime().availableProcessors(), nanoTime);
        SocketOptions options = new SocketOptions(blueprint.sockets());
        Dialer dialer = new Dialer(blueprint.dialer(), pool, options, trafficLoops, nanoTime);
        sessions = new Sessions(
                blueprint.properties().name(),
                blueprint.sessions(),
                pool,
                dialer,
                options,
                trafficLoops,
                nanoTime,
                random);
        frontend = new Frontend(blueprint.frontend(), sessions, pool, options, events, trafficLoops);
        // Loops and threads of their own: traffic must not delay a check, nor a check traffic.
        checkLoops = new EventLoops("lb-check", 1, nanoTime);
        worker = Executors.newSingleThreadScheduledExecutor(LoadBalancer::workerThread);
        checker = new Checker(
                plan.checker(memory.membership().seeds()),
                checkLoops.bootstrap(),
                worker,
                tls,
                nodeName,
                clock,
                nanoTime,
                fastRandom(),
                pool::checked,
                pool::checkIsLate);
        NameResolver names = new NameResolver(
                name -> List.of(InetAddress.getAllByName(name)),
                pool::resolved,
                blueprint.properties().discovery().dnsRefresh(),
                random,
                clock,
                events);
        warnings = new CertificateWarnings(
                blueprint.frontend().listen().stream()
                        .map(ListenAddress::host)
                        .distinct()
                        .toList(),
                blueprint.properties().check().serverName());
        notices = new CertificateNotices(warnings, clock, events, this::onWorker);
        gateway = ClusterGateway.of(plan, blueprint, pool, options, trafficLoops, clock, nanoTime, random, events);
        discovery = new ClusterDiscovery(
                asks ? plan.source(pool, gateway::address, clock, nanoTime, random, events) : null, names);
    }

    private Optional<ClusterAccess> clusterAccess() {
        return discovery.access();
    }

    /**
     * Serves from now on.
     *
     * @param waiting whether clients are to wait until {@link #takeBack}: another process serves as yet
     * @throws ConfigurationException if an address cannot be listened on
     */
    void start(InheritedListeners inherited, boolean waiting) {
        try {
            if (waiting) {
                frontend.letWait();
            }
            frontend.bind(inherited);
            gateway.bind();
        } catch (ListenException e) {
            close();
            throw explain(e);
        }
        running = true;
        pool.forget(); // free ports are known now, so the own addresses are
        warnOfSelf();
        pool.subscribe(sessions::accept);
        pool.subscribe(frontend::accept);
        pool.subscribe(checker::accept);
        pool.subscribe(gateway::accept);
        pool.subscribe(discovery::accept);
        pool.subscribe(state::accept);
        pool.subscribe(notices::accept);
        worker.scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        Descriptors.warnIfTooFew(blueprint.frontend().maxConnections(), events);
        events.record(
                Event.Type.PROCESS,
                Event.Severity.INFO,
                "process",
                "listening on " + frontend.listeners() + " for "
                        + pool.list().servers().size() + " servers");
        discovery.start();
    }

    private void warnOfSelf() {
        Membership membership = pool.list().membership();
        Stream.concat(
                        membership.effective().stream(),
                        membership.seeds().stream().map(SeedUrl::server))
                .distinct()
                .filter(pool::isSelf)
                .forEach(address -> events.record(
                        Event.Type.LIST,
                        Event.Severity.WARN,
                        "configuration",
                        address + " is this balancer itself, which is no server"));
    }

    /** Stops accepting, ends the sessions over some time, writes the list a last time. */
    void stop() {
        running = false;
        frontend.close();
        closeQuestions(); // before they would have to wait for their own sessions
        Duration drain = blueprint.properties().shutdown().drain();
        try {
            sessions.shutDown(drain).get(drain.plus(DRAIN_SLACK).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            events.record(Event.Type.PROCESS, Event.Severity.WARN, "process", "some sessions would not end in time");
        } catch (ExecutionException e) {
            throw new IllegalStateException("ending the sessions failed", e);
        } catch (InterruptedException e) {
            close(); // first: it waits for the state to be written
            Thread.currentThread().interrupt();
            return;
        }
        close();
    }

    private void closeQuestions() {
        discovery.close();
        gateway.close();
    }

    private void close() {
        closeQuestions();
        checker.close();
        worker.shutdownNow();
        state.close();
        trafficLoops.close();
        checkLoops.close();
    }

    private RandomGenerator fastRandom() {
        return new SplittableRandom(random.nextLong());
    }

    private static Thread workerThread(Runnable task) {
        Thread thread = new Thread(task, "lb-worker");
        thread.setDaemon(true);
        return thread;
    }

    private void onWorker(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException e) {
            // What comes after the end is told to nobody.
        }
    }

    private void tick() {
        try {
            local.refresh();
            pool.forget();
            notices.lookAgain(pool.list());
            state.watch();
        } catch (RuntimeException e) { // which would end all ticks to come
            events.record(Event.Type.PROCESS, Event.Severity.ERROR, "clock", "forgetting what is old failed: " + e);
        }
    }

    /** Where clients come in: as bound, before that as configured; and this process itself. */
    private List<InetSocketAddress> listeners() {
        return running
                ? Stream.concat(frontend.addresses().stream(), gateway.address().stream())
                        .toList()
                : blueprint.frontend().listen().stream()
                        .flatMap(address -> address.sockets().stream())
                        .toList();
    }

    private static void verify(ClientTls tls) {
        try {
            tls.verifyFiles();
        } catch (TlsSettingsException e) {
            throw Blueprint.explain(e);
        }
    }

    private void reportTls(String message) {
        events.record(Event.Type.CERTIFICATE, Event.Severity.WARN, "check", message);
    }

    private static ConfigurationException explain(ListenException failure) {
        InetSocketAddress address = failure.address();
        String where = address.getAddress().getHostAddress() + ":" + address.getPort();
        if (!String.valueOf(failure.getMessage()).contains("Address already in use")) {
            return new ConfigurationException("lb.listen: cannot listen on " + where + ": " + failure.getMessage());
        }
        return new ConfigurationException("lb.listen: " + where + " is in use already"
                + PortOwner.of(address).map(name -> " by " + name).orElse("")
                + PortOwner.usual(address.getPort()).map(name -> "; " + name).orElse(""));
    }

    /** The descriptors of the listeners, for another process to listen as well. */
    List<Integer> descriptors() {
        return frontend.descriptors();
    }

    /** Lets nobody change the list any more, and no more of it be written; what another process goes on with. */
    String settle() {
        return state.leaveToOther(pool.leaveToOther());
    }

    /** Leaves new clients of these listeners to another process; sessions go on. */
    void leaveToOther(Set<Integer> descriptors) {
        frontend.leaveToOther(descriptors);
    }

    /** The list and all clients are this process's, from now on or again. */
    void takeBack() {
        frontend.leaveToOther(Set.of());
        pool.takeBack(state::takeBack);
    }

    /** Of the event loop that is furthest behind. */
    Duration sinceLastTurn() {
        return Collections.max(List.of(trafficLoops.sinceLastTurn(), checkLoops.sinceLastTurn()));
    }

    boolean isRunning() {
        return running;
    }

    Blueprint blueprint() {
        return blueprint;
    }

    ServerPool pool() {
        return pool;
    }

    Events events() {
        return events;
    }

    SessionView sessions() {
        return frontend;
    }

    SessionControl sessionControl() {
        return new AllSessions(sessions, gateway.sessions());
    }

    /** Where clients come in, also while that is closed for the time being. */
    List<InetSocketAddress> addresses() {
        return frontend.addresses();
    }

    CertificateWarnings warnings() {
        return warnings;
    }

    ClientTls tls() {
        return tls;
    }

    StateFile state() {
        return state;
    }

    ClusterDiscovery discovery() {
        return discovery;
    }

    ClusterGateway gateway() {
        return gateway;
    }
}
