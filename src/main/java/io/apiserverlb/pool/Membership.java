package io.apiserverlb.pool;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who says that which servers exist: the lists as given, host names not resolved, and what the names resolve to.
 *
 * @param resolved the addresses of each host name in the lists that has been resolved so far
 */
public record Membership(
        List<SeedUrl> seeds,
        List<ServerAddress> managed,
        List<ServerAddress> discovered,
        Map<String, List<InetAddress>> resolved) {

    /** How many addresses a list can have: no cluster comes near, and each costs checks. */
    public static final int MOST_ADDRESSES = 1_000;

    public Membership {
        seeds = List.copyOf(seeds);
        managed = distinct(managed);
        discovered = distinct(discovered);
        Map<String, List<InetAddress>> needed = new LinkedHashMap<>(resolved);
        needed.keySet().retainAll(names(given(seeds, managed, discovered)));
        resolved = Map.copyOf(needed);
    }

    private static List<ServerAddress> distinct(List<ServerAddress> addresses) {
        return List.copyOf(new LinkedHashSet<>(addresses));
    }

    /** Managed and discovered addresses, each once, as given: what the state file holds and REST shows. */
    public List<ServerAddress> effective() {
        return Stream.concat(managed.stream(), discovered.stream()).distinct().toList();
    }

    /** Every host name that stands in a list or a registration URL. */
    public Set<String> names() {
        return names(given());
    }

    private static Set<String> names(Set<ServerAddress> given) {
        return given.stream()
                .filter(ServerAddress::isName)
                .map(ServerAddress::host)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The addresses of all lists and registration URLs, as given. */
    Set<ServerAddress> given() {
        return given(seeds, managed, discovered);
    }

    private static Set<ServerAddress> given(
            List<SeedUrl> seeds, List<ServerAddress> managed, List<ServerAddress> discovered) {
        Set<ServerAddress> given = new LinkedHashSet<>(managed);
        given.addAll(discovered);
        seeds.forEach(seed -> given.add(seed.server()));
        return given;
    }

    Membership withManaged(List<ServerAddress> next) {
        return new Membership(seeds, next, discovered, resolved);
    }

    /** Itself if the same servers were discovered before; the order in which a cluster names them means nothing. */
    Membership withDiscovered(List<ServerAddress> next) {
        return Set.copyOf(next).equals(Set.copyOf(discovered)) ? this : new Membership(seeds, managed, next, resolved);
    }

    /** Itself if the name resolved to the same before; name servers rotate their answers. */
    Membership withResolved(String name, List<InetAddress> addresses) {
        if (Set.copyOf(addresses).equals(Set.copyOf(resolved.getOrDefault(name, List.of())))) {
            return this;
        }
        Map<String, List<InetAddress>> next = new LinkedHashMap<>(resolved);
        next.put(name, List.copyOf(addresses));
        return new Membership(seeds, managed, discovered, next);
    }

    /** The lists without names and seeds that only stand for themselves: what has to change for a new version of the list. */
    boolean sameLists(Membership other) {
        return managed.equals(other.managed) && discovered.equals(other.discovered);
    }

    /**
     * The servers that follow from the lists, in their order, primaries first.
     *
     * @param self tells the balancer's own addresses, which are never servers
     */
    Map<ServerAddress, Place> places(Predicate<ServerAddress> self) {
        Map<ServerAddress, Naming> namings = new LinkedHashMap<>();
        managed.forEach(address -> name(namings, address, Origin.MANAGED));
        discovered.forEach(address -> name(namings, address, Origin.DISCOVERED));
        seeds.forEach(seed -> name(namings, seed.server(), Origin.SEED));
        Map<ServerAddress, Place> places = new LinkedHashMap<>();
        namings.forEach((address, naming) -> {
            if (!self.test(address)) {
                places.put(address, naming.place());
            }
        });
        return places;
    }

    private void name(Map<ServerAddress, Naming> namings, ServerAddress given, Origin origin) {
        for (ServerAddress address : expand(given)) {
            String hostname = given.isName() ? given.host() : null;
            namings.computeIfAbsent(address, a -> new Naming(hostname, EnumSet.noneOf(Origin.class)))
                    .origins
                    .add(origin);
        }
    }

    /** In which lists an address stands as given. */
    Set<Origin> origins(ServerAddress given) {
        Set<Origin> origins = EnumSet.noneOf(Origin.class);
        if (managed.contains(given)) {
            origins.add(Origin.MANAGED);
        }
        if (discovered.contains(given)) {
            origins.add(Origin.DISCOVERED);
        }
        if (seeds.stream().anyMatch(seed -> seed.server().equals(given))) {
            origins.add(Origin.SEED);
        }
        return origins;
    }

    /** The servers that an address of a list stands for: those that its name resolves to, else itself. */
    List<ServerAddress> expand(ServerAddress given) {
        List<InetAddress> addresses = resolved.getOrDefault(given.host(), List.of());
        if (!given.isName() || addresses.isEmpty()) {
            return List.of(given);
        }
        List<ServerAddress> servers = new ArrayList<>();
        addresses.forEach(ip -> servers.add(given.at(ip)));
        return servers;
    }

    /** Who names a server, and by which host name it was first named. */
    private record Naming(@Nullable String hostname, Set<Origin> origins) {
        Place place() {
            return Place.of(origins, hostname);
        }
    }
}
