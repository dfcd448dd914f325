package io.apiserverlb.state;

import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.Remembered;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a pool begins with, from the state file of its last life and the configuration of this one; pure.
 *
 * <p>{@code ServerAddresses} is the truth about which addresses the file holds, since it is all that k3s and people know; our own lists
 * only tell whose they are.
 *
 * @param notes what an operator has to know
 * @param keepOld whether the file holds addresses that are not taken over, and has to stay under another name
 * @param unknown what this version does not know of the file, to be written again
 */
record Restoration(ServerPool.Memory memory, List<Note> notes, boolean keepOld, Unknown unknown) {

    /** Who named which address. */
    private record Lists(List<ServerAddress> managed, List<ServerAddress> discovered) {

        /** The same lists made to hold these addresses; those new to them count as discovered. */
        Lists holding(Collection<ServerAddress> addresses) {
            Set<ServerAddress> added = new LinkedHashSet<>(addresses);
            managed.forEach(added::remove);
            discovered.forEach(added::remove);
            Set<ServerAddress> held = Set.copyOf(addresses);
            return new Lists(
                    managed.stream().filter(held::contains).toList(),
                    Stream.concat(discovered.stream().filter(held::contains), added.stream())
                            .toList());
        }

        /** The same lists with as many addresses as they can have. */
        Lists within(int most, Set<Note> notes) {
            return new Lists(first(most, managed, "managed", notes), first(most, discovered, "discovered", notes));
        }

        private static List<ServerAddress> first(int most, List<ServerAddress> list, String name, Set<Note> notes) {
            if (list.size() <= most) {
                return list;
            }
            notes.add(Note.warn("of the " + list.size() + " " + name + " addresses in the state file only the first "
                    + most + " are taken, as a list cannot have more; the old file is kept as .bak"));
            return list.subList(0, most);
        }

        boolean isLongerThan(Lists other) {
            return managed.size() > other.managed.size() || discovered.size() > other.discovered.size();
        }

        Lists withManaged(List<ServerAddress> next) {
            return new Lists(next, discovered);
        }
    }

    /**
     * Applies the rules of {@code docs/state-file.md}.
     *
     * @param saved empty if there is no state file
     * @param seeds the configured registration URLs; may be empty
     * @param configured the configured list; may be empty
     * @param discovery whether the cluster is asked for its servers
     */
    static Restoration of(
            Optional<SavedState> saved, List<SeedUrl> seeds, List<ServerAddress> configured, boolean discovery) {
        Set<Note> notes = new LinkedHashSet<>();
        SavedText text = new SavedText(notes);
        SavedState file = saved.orElse(SavedState.NONE);
        Optional<SeedUrl> url = text.seed(file.serverUrl());
        // A URL without a host says nothing about the cluster, so it cannot say that it is another one.
        boolean foreign = SavedText.namesHost(file.serverUrl())
                && !seeds.isEmpty()
                && url.filter(known -> seeds.stream().anyMatch(known::sameServer))
                        .isEmpty();
        if (foreign) {
            notes.add(foreign(url, file));
        }

        SavedState state = foreign ? file.withoutAddresses() : file;
        Lists stored = new Lists(text.addresses(state.managed()), text.addresses(state.discovered()));
        Lists all = restored(state, stored, discovery, text, notes);
        Lists restored = all.within(Membership.MOST_ADDRESSES, notes);
        Lists lists = configured(restored, text.addresses(state.configured()), configured, notes);

        boolean changed = foreign || !lists.equals(stored);
        Membership membership = new Membership(
                seeds.isEmpty() ? url.stream().toList() : seeds, lists.managed(), lists.discovered(), Map.of());
        Map<ServerAddress, Remembered> settings = text.settings(state.settings());
        long version = changed ? ServerList.versionAfter(file.version()) : file.version();
        ServerPool.Memory memory = new ServerPool.Memory(version, membership, settings);
        Unknown unknown = state.unknown()
                .spelled(SavedText::spelling)
                .besides(settings.keySet().stream().map(ServerAddress::toString).toList());
        return new Restoration(
                memory, List.copyOf(notes), foreign || text.hasLeftOut() || all.isLongerThan(restored), unknown);
    }

    private static Note foreign(Optional<SeedUrl> url, SavedState file) {
        String cluster = url.map(known -> known.address().toString()).orElse("an unreadable URL");
        return Note.warn("the state file belongs to " + cluster + ", which is none of lb.server-url: its "
                + file.serverAddresses().size() + " addresses are dropped, the old file is kept as .bak");
    }

    private static Lists restored(SavedState state, Lists stored, boolean discovery, SavedText text, Set<Note> notes) {
        List<ServerAddress> addresses = text.addresses(state.serverAddresses());
        Lists held = stored.holding(addresses);
        if (state.own() && !held.equals(stored)) {
            notes.add(Note.warn("ServerAddresses of the state file was changed by another program or by hand;" + " its "
                    + addresses.size() + " addresses are taken as they stand"));
        } else if (!discovery && !stored.discovered().isEmpty()) {
            notes.add(Note.info("discovery is off: the addresses it had found are on the managed list now"));
        }
        return discovery ? held : new Lists(addresses, List.of());
    }

    /** A configured list that is not the one of the last life replaces what operators made of that one. */
    private static Lists configured(
            Lists lists, List<ServerAddress> last, List<ServerAddress> configured, Set<Note> notes) {
        if (Set.copyOf(last).equals(Set.copyOf(configured))) {
            return lists;
        }
        if (!lists.managed().isEmpty() && !Set.copyOf(lists.managed()).equals(Set.copyOf(configured))) {
            notes.add(Note.reconfigured(
                    "lb.server-addresses has changed and replaces the managed list",
                    joined(lists.managed()),
                    joined(configured)));
        }
        return lists.withManaged(List.copyOf(new LinkedHashSet<>(configured)));
    }

    private static String joined(List<ServerAddress> addresses) {
        return addresses.stream().map(ServerAddress::toString).collect(Collectors.joining(", "));
    }
}
