package io.apiserverlb.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one list follows another: servers that stay keep their record, new ones begin, those that left discovery, name service included,
 * linger.
 *
 * @param self tells the balancer's own addresses
 * @param mostServers up to which there is room for those that have left
 * @param newLoad makes the counters of a new server
 */
record Succession(
        Health.Thresholds thresholds,
        Duration forgetAfter,
        Predicate<ServerAddress> self,
        int mostServers,
        BiFunction<ServerAddress, Setting, Load> newLoad) {
    /** The list that a pool begins with. All are used before their first check, discovered ones too: they worked in the last life. */
    ServerList first(ServerPool.Memory memory, Ranking ranking, Instant now, long nanos) {
        Membership nobody = new Membership(memory.membership().seeds(), List.of(), List.of(), Map.of());
        ServerList none = ServerList.empty(memory.version(), nobody, memory.remembered(), ranking);
        ServerList begun = next(none, Draft.of(none, now).with(memory.membership()), now, nanos);
        List<Server> trusted = begun.servers().stream()
                .map(server -> server.with(Health.trusted(thresholds)))
                .toList();
        return none.next(memory.version(), begun.membership(), begun.remembered(), trusted, now);
    }

    ServerList next(ServerList list, Draft draft, Instant now, long nanos) {
        Map<ServerAddress, Server> servers = new LinkedHashMap<>();
        draft.membership().places(self).forEach((address, place) -> {
            Setting setting = draft.setting(address, place.hostname());
            Server known = list.get(address);
            servers.put(
                    address,
                    known == null
                            ? begin(address, place, setting, now)
                            : go(known, staying(known.place(), place, now), setting, nanos));
        });
        for (Server server : list.servers()) {
            ServerAddress address = server.address();
            Place place = servers.containsKey(address) ? null : leaving(server, draft.membership(), now);
            if (place != null && servers.size() < mostServers) {
                servers.put(address, go(server, place, draft.setting(address, place.hostname()), nanos));
            }
        }
        boolean sameSettings = settings(Draft.of(list, now)).equals(settings(draft));
        boolean sameLists = draft.membership().sameLists(list.membership());
        return list.next(
                sameLists && sameSettings ? list.version() : ServerList.versionAfter(list.version()),
                draft.membership(),
                remember(draft, servers.keySet(), now),
                servers.values(),
                now);
    }

    private Server begin(ServerAddress address, Place place, Setting setting, Instant now) {
        boolean onlyDiscovered = place.origins().equals(Set.of(Origin.DISCOVERED));
        Health health = onlyDiscovered ? Health.unproven(thresholds) : Health.trusted(thresholds);
        return new Server(address, place, setting, Condition.unseen(health), now, newLoad.apply(address, setting));
    }

    private Server go(Server known, Place place, Setting setting, long nanos) {
        Condition before = known.condition();
        Condition now = before.with(before.flapping().at(nanos), thresholds.rise());
        AdminState was = known.setting().admin();
        Server server = known.with(place, setting);
        if (setting.admin() == AdminState.READY && was != AdminState.READY) {
            // An operator's word does not make a server steady: what it takes to be up stays.
            Condition back = now.with(Health.trusted(now.health().thresholds()))
                    .with(Streak.NONE)
                    .with(now.requests().more());
            boolean slowly = was == AdminState.MAINT || before.failedChecks();
            return server.with(slowly ? back.withSlowStartFrom(nanos) : back);
        }
        return server.with(now);
    }

    /** A seed that has just left discovery is no primary, but may be one again in a moment. */
    private Place staying(Place before, Place place, Instant now) {
        if (place.role() == Role.PRIMARY) {
            return place;
        }
        Instant since = before.isDiscovered() ? now : before.spareSince();
        return since != null && now.isBefore(since.plus(forgetAfter)) ? place.spareSince(since) : place;
    }

    /**
     * The place of a server that nobody names any more, while it is kept: it was not taken off the list, but is not in an answer, of the
     * cluster or of a name server, which may tell of some at a time.
     *
     * @return null if it is not kept
     */
    private @Nullable Place leaving(Server server, Membership next, Instant now) {
        Place place = server.place();
        Instant since = place.removingSince() == null ? now : place.removingSince();
        boolean over = !now.isBefore(since.plus(forgetAfter));
        // A name that stood for itself until it was resolved has not left.
        if (over || server.address().isName() || self.test(server.address())) {
            return null;
        }
        String hostname = place.hostname();
        Set<Origin> byName = hostname == null
                ? Set.of()
                : next.origins(new ServerAddress(hostname, server.address().port()));
        if (byName.isEmpty()) {
            return place.isDiscovered() ? Place.leaving(Set.of(Origin.DISCOVERED), hostname, since) : null;
        }
        return Place.leaving(byName, hostname, since);
    }

    private static Map<ServerAddress, Setting> settings(Draft draft) {
        Map<ServerAddress, Setting> settings = new HashMap<>();
        draft.remembered().forEach((address, value) -> settings.put(address, value.setting()));
        settings.values().removeIf(Setting.DEFAULT::equals);
        return settings;
    }

    private static Map<ServerAddress, Remembered> remember(Draft draft, Set<ServerAddress> present, Instant now) {
        Set<ServerAddress> given = draft.membership().given();
        Map<ServerAddress, Remembered> dated = new HashMap<>();
        draft.remembered().forEach((address, value) -> {
            boolean here = present.contains(address) || given.contains(address);
            dated.put(address, here ? value.present() : value.absent(now));
        });
        return dated;
    }
}
