package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything about the servers as of one moment; immutable.
 *
 * <p>Whether a server is usable depends on the others in one case: soft failures are ignored while counting them would leave no usable
 * primary, since a cause that all servers share (a slow etcd, say) is no reason to have none.
 */
public final class ServerList {
    private static final Comparator<Server> BEST_FIRST = Comparator.<Server>comparingInt(ServerList::lastResortRank)
            .thenComparing(server -> -server.health().effectiveCredit())
            .thenComparing(server -> server.observed().lastPassed(), Comparator.nullsLast(Comparator.reverseOrder()));

    private static final int WITNESSES = 3;

    /** The last whole number that every reader of JSON takes for what it is (RFC 8259, section 6). */
    public static final long LAST_VERSION = (1L << 53) - 1;

    private final long version;
    private final Membership membership;
    private final Map<ServerAddress, Remembered> remembered;
    private final Map<ServerAddress, Server> servers;
    private final Ranking ranking;
    private final boolean commonCause;
    private final List<Tier> tiers;
    private final Mode mode;
    /** Nano time of the last passed check of any server. */
    private final @Nullable Long lastPass;

    private ServerList(
            long version,
            Membership membership,
            Map<ServerAddress, Remembered> remembered,
            Ranking ranking,
            boolean commonCause,
            Map<ServerAddress, Server> judged) {
        this.version = version;
        this.membership = membership;
        this.remembered = Map.copyOf(remembered);
        this.ranking = ranking;
        this.commonCause = commonCause;
        this.servers = Collections.unmodifiableMap(judged);
        this.tiers = ranking.tiers(judged.values());
        this.mode = mode(tiers);
        this.lastPass = judged.values().stream()
                .map(server -> server.condition().streak().passedAt())
                .filter(Objects::nonNull)
                .reduce(null, (one, other) -> one == null || other - one > 0 ? other : one);
    }

    /** A list without servers. */
    static ServerList empty(
            long version, Membership membership, Map<ServerAddress, Remembered> remembered, Ranking ranking) {
        return new ServerList(version, membership, remembered, ranking, false, Map.of());
    }

    /**
     * The list after this one.
     *
     * @param unjudged its servers, of which each is judged in the light of the others
     * @param now the date of every change of a server's visible state
     */
    ServerList next(
            long nextVersion,
            Membership nextMembership,
            Map<ServerAddress, Remembered> nextRemembered,
            Collection<Server> unjudged,
            Instant now) {
        Collection<Server> credited = withoutTrafficsWordAlone(unjudged);
        boolean common = hasCommonCause(credited);
        Map<ServerAddress, Server> judged = new LinkedHashMap<>();
        for (Server server : credited) {
            boolean ignored = common && isPrimary(server) && server.usableIgnoringSoft();
            Server next = server.withSoftIgnored(ignored);
            Server known = servers.get(server.address());
            boolean changed = known != null && known.state() != next.state();
            judged.put(server.address(), changed ? next.withSince(now) : next);
        }
        return new ServerList(nextVersion, nextMembership, nextRemembered, ranking, common, judged);
    }

    /** The same after the time of day was set: what began then is as long ago as before. */
    ServerList moved(Duration by, Instant now) {
        Map<ServerAddress, Remembered> dated = new HashMap<>();
        remembered.forEach((address, value) -> dated.put(address, value.moved(by)));
        List<Server> moved = servers.values().stream()
                .map(server -> server.with(server.place().moved(by), server.setting())
                        .withSince(server.since().plus(by)))
                .toList();
        return next(version, membership, dated, moved, now);
    }

    boolean sameAs(ServerList other) {
        return membership.equals(other.membership)
                && remembered.equals(other.remembered)
                && servers.equals(other.servers)
                && order().equals(other.order());
    }

    /** The usable servers by rank: may differ though the servers are the same, as it depends on this host's addresses. */
    private List<List<Server>> order() {
        return tiers.stream().map(tier -> List.of(tier.servers)).toList();
    }

    /** Failures of traffic alone never leave no usable server, in whatever order things happen. */
    private static Collection<Server> withoutTrafficsWordAlone(Collection<Server> servers) {
        return servers.stream().anyMatch(ServerList::isOfUse)
                ? servers
                : servers.stream()
                        .map(server -> server.with(server.health().afterGoodConnect()))
                        .toList();
    }

    /** Of the primaries one that is up suffices: if all of them ask for no sessions, that is ignored. */
    private static boolean isOfUse(Server server) {
        return server.usableIgnoringSoft()
                && (isPrimary(server) || !server.health().stopping());
    }

    private static boolean hasCommonCause(Collection<Server> servers) {
        List<Server> up = servers.stream()
                .filter(server -> isPrimary(server) && server.usableIgnoringSoft())
                .toList();
        return !up.isEmpty() && up.stream().allMatch(server -> server.health().stopping());
    }

    private static boolean isPrimary(Server server) {
        return server.place().role() == Role.PRIMARY;
    }

    private static int lastResortRank(Server server) {
        boolean outOfDate = server.observed().identity() == Certificate.Identity.OUT_OF_DATE;
        return (outOfDate ? 2 : 0) + (server.place().removingSince() == null ? 0 : 1);
    }

    /** By the servers that new sessions really go to. */
    private static Mode mode(List<Tier> tiers) {
        if (tiers.isEmpty()) {
            return Mode.LAST_RESORT;
        }
        return isPrimary(tiers.get(0).servers[0]) ? Mode.NORMAL : Mode.FALLBACK;
    }

    /** The version of a list that has changed once more; begins anew behind the last one. */
    public static long versionAfter(long version) {
        return version == LAST_VERSION ? 1 : version + 1;
    }

    /** Grows with every change of the managed or discovered list, an admin state or a weight; with nothing else. */
    public long version() {
        return version;
    }

    public Membership membership() {
        return membership;
    }

    /** What operators set, by address, for servers in the list and for those that left it lately. */
    public Map<ServerAddress, Remembered> remembered() {
        return remembered;
    }

    /** Every server, primaries first. */
    public Collection<Server> servers() {
        return servers.values();
    }

    public Optional<Server> find(ServerAddress address) {
        return Optional.ofNullable(servers.get(address));
    }

    /** The server with this address, or those that this host name and port stand for. */
    public List<Server> named(ServerAddress address) {
        List<ServerAddress> meant = membership.expand(address);
        return servers.values().stream()
                .filter(server -> meant.contains(server.address())
                        || (server.address().port() == address.port()
                                && address.host().equals(server.place().hostname())))
                .toList();
    }

    public Mode mode() {
        return mode;
    }

    /** Whether soft failures are ignored at the moment, since every primary that is up has them. */
    public boolean commonCause() {
        return commonCause;
    }

    /**
     * Whether a server is down in a way that is a reason to close its sessions: a check failed, another server has passed one since this
     * one's first failure, so that it is not the network of this host that takes down one after the other, and there is a usable one.
     */
    public boolean isLost(Server server) {
        Long since = server.failingSince();
        return server.condition().hardDown()
                && since != null
                && lastPass != null
                && lastPass - since > 0
                && !tiers.isEmpty();
    }

    /**
     * Whether a server asked for no new sessions in a way that is a reason to close those it has: another one has passed a check since, so
     * that it is not that all are about to say the same, one check after the other.
     */
    public boolean isStoppingAlone(Server server) {
        Long since = server.condition().streak().redSince();
        return server.stopping() && since != null && passedElsewhere(server, since, Streak::passedAt);
    }

    /** Whether sessions go back from a server, a seed, to the primaries that are usable again. */
    public boolean failsBackFrom(Server server) {
        return mode == Mode.NORMAL
                && server.place().role() == Role.FALLBACK
                && server.place().spareSince() == null;
    }

    /** Whether another server has passed a check on a new connection since. */
    boolean passedElsewhere(Server server, long since) {
        return passedElsewhere(server, since, Streak::passedAnewAt);
    }

    private boolean passedElsewhere(Server server, long since, Function<Streak, @Nullable Long> passedAt) {
        return servers.values().stream()
                .filter(other -> !other.address().equals(server.address()))
                .map(other -> passedAt.apply(other.condition().streak()))
                .anyMatch(passed -> passed != null && passed - since > 0);
    }

    /** Some usable servers, to be asked whether they fare better than one that is in trouble. */
    List<Server> witnesses(ServerAddress hurt) {
        List<Server> others = new ArrayList<>(servers.values());
        // Begins behind it, or the first ones would bear witness for all.
        Collections.rotate(others, -new ArrayList<>(servers.keySet()).indexOf(hurt));
        return others.stream()
                .filter(other -> other.usable() && !other.address().equals(hurt))
                .limit(WITNESSES)
                .toList();
    }

    /** Whether there is a reason to hope for a server that an earlier list gave none for: a change, a passed check, a usable server. */
    public boolean promisesMoreThan(ServerList earlier) {
        return version != earlier.version || usable() > earlier.usable() || !Objects.equals(lastPass, earlier.lastPass);
    }

    public int usable() {
        return (int) servers.values().stream().filter(Server::usable).count();
    }

    /** How many other servers are usable. */
    public long usableBeside(Server server) {
        return servers.values().stream()
                .filter(other -> other.usable() && !other.address().equals(server.address()))
                .count();
    }

    List<Tier> tiers() {
        return tiers;
    }

    Ranking ranking() {
        return ranking;
    }

    /**
     * The servers to try when no usable one is left: of those that were not tried yet the ones that promise most, which are equals.
     *
     * @return empty if all were tried that may be
     */
    List<Server> lastResort(Collection<ServerAddress> tried) {
        List<Server> untried = servers.values().stream()
                .filter(server -> server.eligible() && !tried.contains(server.address()))
                // A session that the usable ones failed does not end a drain.
                .filter(server -> tiers.isEmpty() || server.takesSessionsByAdmin())
                .toList();
        return untried.stream()
                .min(BEST_FIRST)
                .map(best -> untried.stream()
                        .filter(server -> BEST_FIRST.compare(best, server) == 0)
                        .toList())
                .orElse(List.of());
    }

    @Nullable
    Server get(ServerAddress address) {
        return servers.get(address);
    }

    /** The list after this one where the records of some of its servers are replaced. */
    ServerList next(Collection<Server> changed, Instant now) {
        Map<ServerAddress, Server> all = new LinkedHashMap<>(servers);
        changed.forEach(server -> all.put(server.address(), server));
        return next(version, membership, remembered, all.values(), now);
    }
}
