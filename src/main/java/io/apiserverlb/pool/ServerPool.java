package io.apiserverlb.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The servers there are, and which of them takes the next session.
 *
 * <p>The only writer of the list: every change happens under one lock and publishes a new immutable {@link ServerList}, which any thread
 * may read at any time. Subscribers get each new list whole and in order, under that lock: they must only hand off.
 */
public final class ServerPool {
    /**
     * How a pool chooses and judges.
     *
     * @param forgetAfter how long a server that left discovery is kept
     * @param nodeName of this host; by it the clients on this host are hashed
     */
    public record Settings(
            Policy policy,
            Prefer prefer,
            Health.Thresholds thresholds,
            Duration slowStart,
            Duration forgetAfter,
            String nodeName) {
        public Settings {
            if (slowStart.isNegative() || forgetAfter.isNegative()) {
                throw new IllegalArgumentException("slow-start and forget-after must not be negative");
            }
        }
    }

    /** What a pool begins with: the lists and settings of its last life, or of the configuration. */
    public record Memory(long version, Membership membership, Map<ServerAddress, Remembered> remembered) {}

    private final Evidence evidence;
    private final Succession succession;
    private final TimeOfDay timeOfDay;
    private final Predicate<ServerAddress> self;
    private final Chooser chooser;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Events events;
    private final Audience audience = new Audience();
    private final Traffic traffic;
    private final Departed departed;
    private final List<Consumer<ServerList>> subscribers = new ArrayList<>();
    private final Routine routine = new Routine();
    private final Capacity capacity = Capacity.of(Runtime.getRuntime().maxMemory());

    private boolean leftToOther;
    private volatile ServerList list;

    /**
     * A pool that goes on where its last life ended.
     *
     * @param self tells the balancer's own addresses, which are never servers
     * @param local tells this host's own IP addresses; may change its mind, which is noticed by {@link #forget} at the latest
     */
    public ServerPool(
            Settings settings,
            Memory memory,
            Predicate<ServerAddress> self,
            Predicate<InetAddress> local,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Events events) {
        SlowStart slowStart = SlowStart.of(settings.slowStart());
        this.evidence = new Evidence(settings.thresholds(), slowStart);
        this.self = self;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.events = events;
        this.traffic = new Traffic(this, evidence, audience, nanoTime);
        this.chooser = new Chooser(settings.policy(), slowStart, settings.nodeName(), local, nanoTime, random);
        this.departed = new Departed(chooser::begin);
        this.succession =
                new Succession(settings.thresholds(), settings.forgetAfter(), self, capacity.servers(), departed::load);
        Ranking ranking = new Ranking(settings.prefer(), settings.policy() == Policy.LATENCY, local);
        Instant now = clock.instant();
        long nanos = nanoTime.getAsLong();
        this.timeOfDay = new TimeOfDay(now, nanos);
        this.list = succession.first(memory, ranking, now, nanos);
    }

    /** The servers now. */
    public ServerList list() {
        return list;
    }

    /** Has each new list handed over from now on, and the present one at once. */
    public synchronized void subscribe(Consumer<ServerList> subscriber) {
        subscribers.add(subscriber);
        subscriber.accept(list);
    }

    /** Tells a listener of all traffic, checks and changes of state from now on, and of what happened before there was any. */
    public void subscribe(TrafficListener listener) {
        audience.add(listener);
    }

    /** Whether an address is the balancer itself, which is never a server. */
    public boolean isSelf(ServerAddress address) {
        return self.test(address);
    }

    // ---- sessions

    /**
     * Claims a server for a session: by policy among the usable ones, in an order of hope when there is none.
     *
     * @param client the client's address
     * @param tried servers that this session has tried already
     * @return null if every server has been tried, or none is left that may be
     */
    public @Nullable Lease acquire(InetAddress client, Collection<ServerAddress> tried) {
        Server server = chooser.take(list, client, tried);
        return server == null ? null : new Lease(traffic, server, nanoTime);
    }

    /** What {@link #acquire} would choose for the next session of a client, and why; changes nothing. */
    public Explanation explain(InetAddress client) {
        return chooser.explain(list, client);
    }

    /**
     * By how many sessions servers have more than their share, in proportion to what they weigh at the moment; those that have not are left
     * out. Only servers count that are first in line for new sessions, and only if closing sessions would take them to others.
     */
    public Map<ServerAddress, Integer> surplus() {
        return chooser.surplus(list);
    }

    /** Counts a client that got no session. */
    public void rejected(Rejection reason) {
        audience.tell(listener -> listener.rejected(reason));
    }

    /**
     * Counts a rival that was called for a silent server, once it is decided which of the two is used.
     *
     * @param won whether it is the rival
     */
    public void hedged(Hedge kind, boolean won) {
        audience.tell(listener -> listener.hedged(kind, won));
    }

    // ---- checks

    /** Takes in what a check found; ignored if the server is gone or in maintenance by now. */
    public void checked(ServerAddress address, CheckReport report) {
        judge(address, report);
        audience.tell(listener -> listener.checked(address, report.result()));
    }

    private synchronized void judge(ServerAddress address, CheckReport report) {
        Server before = list.get(address);
        if (before == null || !before.checkable()) {
            return;
        }
        long now = nanoTime.getAsLong();
        Server latest = routine.latest(before);
        Condition next = evidence.checked(latest.condition(), report, now);
        if (routine.keep(list, latest, next)) {
            if (routine.isDue(now)) {
                publish(list.next(routine.take(list, now), clock.instant()), "check");
            }
            return;
        }
        boolean allWereRed = list.commonCause();
        update(address, "check", server -> next);
        Server after = list.get(address);
        if (after != null && after.condition().hardDown() && !before.condition().hardDown() && !list.isLost(after)) {
            askWhetherItIsAlone(address);
        }
        if (allWereRed && !list.commonCause()) {
            // What ended for one may have ended for all, and counts against those that have not said so yet.
            ask(list.servers().stream()
                    .filter(server -> server.condition().stopping())
                    .toList());
        }
    }

    /**
     * Takes in that a check which traffic asked for has no answer yet. That is held against the server if others do better, which they are
     * asked for.
     *
     * @param since nano time from which on a check that another one passes counts
     */
    public synchronized void checkIsLate(ServerAddress address, long since) {
        takeInRoutine();
        Server late = list.get(address);
        if (late == null || !late.usable()) {
            return;
        }
        if (list.passedElsewhere(late, since)) {
            update(address, "check", server -> evidence.late(server.condition(), list.usableBeside(server) == 0));
        } else {
            askWhetherItIsAlone(address);
        }
    }

    /** Whether it is the server's trouble or this host's is not to take an interval to know. */
    private void askWhetherItIsAlone(ServerAddress hurt) {
        ask(list.witnesses(hurt));
    }

    /** Has servers checked at once. */
    private void ask(List<Server> servers) {
        List<Server> asked = servers.stream()
                .map(server -> server.with(
                        server.condition().with(server.condition().requests().more())))
                .toList();
        if (!asked.isEmpty()) {
            publish(list.next(asked, clock.instant()), "check");
        }
    }

    /** Changes what is made of one server, if it is still there. */
    synchronized void update(ServerAddress address, String actor, Function<Server, Condition> change) {
        takeInRoutine();
        Server server = list.get(address);
        if (server == null) {
            return;
        }
        Condition next = change.apply(server);
        if (!next.equals(server.condition())) {
            publish(list.next(List.of(server.with(next)), clock.instant()), actor);
        }
    }

    // ---- the list

    /** Lets operators change nothing any more, and gives the list for another process to go on with. */
    public synchronized ServerList leaveToOther() {
        takeInRoutine();
        leftToOther = true;
        return list;
    }

    /** Lets operators change the list again, which this subscriber is given before any other: the other process has ended. */
    public synchronized void takeBack(Consumer<ServerList> subscriber) {
        leftToOther = false;
        subscriber.accept(list);
    }

    /**
     * Changes the list as an operator asked.
     *
     * @param ifVersion the version that the operator knows, if the change is to fail otherwise
     * @param actor who asked
     * @throws ListChangeException if it cannot be done, or the list would be too long; nothing has changed then
     */
    public synchronized Changed change(ListChange change, OptionalLong ifVersion, String actor) {
        if (leftToOther) {
            throw new ListChangeException(
                    ListChangeException.Kind.ELSEWHERE,
                    "another process takes over from this one, and would not know of it: ask again on a new"
                            + " connection");
        }
        takeInRoutine();
        followTimeOfDay();
        Changed changed = preview(change, ifVersion);
        ServerList before = list;
        if (changed.list().version() != before.version()) {
            publish(changed.list(), actor);
            Event.Type type = change instanceof ListChange.Patch ? Event.Type.SETTING : Event.Type.LIST;
            ServerAddress about = change instanceof ListChange.Patch patch ? patch.address() : null;
            events.record(
                    type,
                    Event.Severity.INFO,
                    about,
                    actor,
                    String.join(", ", changed.changes()),
                    ListDifference.describe(before),
                    ListDifference.describe(changed.list()));
        }
        return changed;
    }

    /** What {@link #change} would do; changes nothing. */
    public synchronized Changed preview(ListChange change, OptionalLong ifVersion) {
        Instant now = clock.instant();
        Draft draft = Draft.after(list, change, ifVersion, self, now);
        ServerList next = succession.next(list, draft, now, nanoTime.getAsLong());
        if (capacity.isExceeded(list, next)) {
            throw new ListChangeException(ListChangeException.Kind.INVALID, capacity.explain(next));
        }
        return ListDifference.between(list, next);
    }

    /**
     * Takes in the servers that the cluster itself names: the whole list, which replaces the former one. Its order does not matter.
     *
     * @return false if the list names no server but the balancer itself, which is never true of a cluster that answers: nothing changes
     *     then
     */
    public synchronized boolean reconcile(List<ServerAddress> discovered, String actor) {
        List<ServerAddress> others = discovered.stream().filter(self.negate()).toList();
        if (others.isEmpty()) {
            announce(DiscoveryOutcome.IGNORED_EMPTY);
            return false;
        }
        long before = list.version();
        settle(list.membership().withDiscovered(others), actor);
        announce(list.version() == before ? DiscoveryOutcome.UNCHANGED : DiscoveryOutcome.SUCCESS);
        return true;
    }

    /** Counts an attempt to ask the cluster for its servers that brought no answer. */
    public void discoveryFailed() {
        announce(DiscoveryOutcome.FAILURE);
    }

    private void announce(DiscoveryOutcome outcome) {
        audience.tell(listener -> listener.discovered(outcome));
    }

    /** Takes in what a host name of the list resolves to, in any order; an answer without a server's address changes nothing. */
    public synchronized void resolved(String name, List<InetAddress> addresses) {
        List<InetAddress> servers =
                addresses.stream().filter(ServerAddress::canBeServer).toList();
        if (!servers.isEmpty()) {
            settle(list.membership().withResolved(name, servers), "dns");
        }
    }

    /** Forgets what has been kept long enough, and sees which servers are local; to be called now and then. */
    public synchronized void forget() {
        departed.forgetIdle();
        audience.forgetEarly();
        settle(list.membership(), "clock");
    }

    private void settle(Membership membership, String actor) {
        takeInRoutine();
        followTimeOfDay();
        Instant now = clock.instant();
        ServerList next = succession.next(list, Draft.of(list, now).with(membership), now, nanoTime.getAsLong());
        if (next.sameAs(list)) {
            return;
        }
        if (capacity.isExceeded(list, next)) {
            events.record(Event.Type.LIST, Event.Severity.WARN, actor, "nothing is changed: " + capacity.explain(next));
            return;
        }
        Changed changed = ListDifference.between(list, next);
        publish(next, actor);
        if (!changed.changes().isEmpty()) {
            events.record(Event.Type.LIST, Event.Severity.INFO, actor, String.join(", ", changed.changes()));
        }
    }

    /** Servers and settings are kept for a time that passes, whatever the clock is set to. */
    private void followTimeOfDay() {
        Instant now = clock.instant();
        Duration jump = timeOfDay.jumped(now, nanoTime.getAsLong());
        if (!jump.isZero()) {
            publish(list.moved(jump, now), "clock");
            events.record(Event.Type.PROCESS, Event.Severity.INFO, "clock", TimeOfDay.describe(jump));
        }
    }

    /** Nobody is told of it: there is a change to come, or nothing is new in it. */
    private void takeInRoutine() {
        if (!routine.isEmpty()) {
            list = list.next(routine.take(list, nanoTime.getAsLong()), clock.instant());
        }
    }

    private void publish(ServerList next, String actor) {
        ServerList before = list;
        list = next;
        departed.follow(before, next);
        chooser.follow(before, next);
        new Transitions(before, next, actor).announce(events, audience);
        subscribers.forEach(subscriber -> subscriber.accept(next));
    }
}
