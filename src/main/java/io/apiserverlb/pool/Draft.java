package io.apiserverlb.pool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lists and settings that a change leads to; pure. */
record Draft(Membership membership, Map<ServerAddress, Remembered> remembered) {

    /** What a list says as of now: without the settings whose time is over. */
    static Draft of(ServerList list, Instant now) {
        Map<ServerAddress, Remembered> kept = new HashMap<>(list.remembered());
        kept.values().removeIf(value -> value.isExpired(now));
        return new Draft(list.membership(), kept);
    }

    /**
     * The draft after a change of the operator's.
     *
     * @param ifVersion the version that the operator knows, if the change is to fail otherwise
     * @param self tells the balancer's own addresses
     * @throws ListChangeException if the change cannot be made
     */
    static Draft after(
            ServerList list, ListChange change, OptionalLong ifVersion, Predicate<ServerAddress> self, Instant now) {
        requireVersion(list, ifVersion);
        Draft draft = of(list, now);
        if (change instanceof ListChange.Replace replace) {
            replace.addresses().forEach(address -> requireOther(address, self));
            requirePlaces(replace.addresses().size());
            return draft.withManaged(replace.addresses());
        } else if (change instanceof ListChange.Add add) {
            requireOther(add.address(), self);
            return draft.add(add);
        } else if (change instanceof ListChange.Remove remove) {
            return draft.remove(list, remove.address());
        }
        return draft.patch(list, (ListChange.Patch) change);
    }

    private static void requireVersion(ServerList list, OptionalLong ifVersion) {
        if (ifVersion.isPresent() && ifVersion.getAsLong() != list.version()) {
            throw new ListChangeException(
                    ListChangeException.Kind.STALE,
                    "the list is at version " + list.version() + ", not " + ifVersion.getAsLong());
        }
    }

    private static void requireOther(ServerAddress address, Predicate<ServerAddress> self) {
        if (self.test(address)) {
            throw new ListChangeException(
                    ListChangeException.Kind.INVALID, address + " is this balancer itself, which is no server");
        }
    }

    private static void requirePlaces(int addresses) {
        if (addresses > Membership.MOST_ADDRESSES) {
            throw new ListChangeException(
                    ListChangeException.Kind.INVALID,
                    "the managed list can have " + Membership.MOST_ADDRESSES + " addresses, not " + addresses);
        }
    }

    private Draft add(ListChange.Add add) {
        if (membership.managed().contains(add.address())) {
            throw new ListChangeException(
                    ListChangeException.Kind.CONFLICT, add.address() + " is on the managed list already");
        }
        requirePlaces(membership.managed().size() + 1);
        List<ServerAddress> managed = new ArrayList<>(membership.managed());
        managed.add(add.address());
        Draft draft = withManaged(managed);
        return add.weight() == null ? draft : draft.set(add.address(), null, null, add.weight());
    }

    private Draft remove(ServerList list, ServerAddress address) {
        if (!membership.managed().contains(address)) {
            throw cannotRemove(list, address);
        }
        return withManaged(membership.managed().stream()
                .filter(managed -> !managed.equals(address))
                .toList());
    }

    private static ListChangeException cannotRemove(ServerList list, ServerAddress address) {
        Server server = list.named(address).stream().findFirst().orElse(null);
        if (server == null) {
            return noSuch(address);
        }
        boolean byName = server.place().origins().contains(Origin.MANAGED) && !address.isName();
        String why = byName
                ? address + " is an address of " + server.place().hostname() + ", which is what the managed list holds"
                : address + " is not on the managed list; to send it no sessions, drain it";
        return new ListChangeException(ListChangeException.Kind.CONFLICT, why);
    }

    private static ListChangeException noSuch(ServerAddress address) {
        return new ListChangeException(ListChangeException.Kind.NOT_FOUND, "there is no server " + address);
    }

    private Draft patch(ServerList list, ListChange.Patch patch) {
        List<Server> servers = list.named(patch.address());
        if (servers.isEmpty()) {
            throw noSuch(patch.address());
        }
        Draft draft = this;
        for (Server server : servers) {
            draft = draft.set(server.address(), server.place().hostname(), patch.admin(), patch.weight());
        }
        // A name as well: what holds for all its addresses holds for those that it resolves to later.
        return draft.set(patch.address(), null, patch.admin(), patch.weight());
    }

    private Draft set(
            ServerAddress address, @Nullable String hostname, @Nullable AdminState admin, @Nullable Integer weight) {
        if (weight != null && !Setting.isWeight(weight)) {
            throw new ListChangeException(ListChangeException.Kind.INVALID, Setting.noWeight(weight));
        }
        Setting now = setting(address, hostname);
        Setting next = new Setting(admin == null ? now.admin() : admin, weight == null ? now.weight() : weight);
        Map<ServerAddress, Remembered> all = new HashMap<>(remembered);
        all.put(address, new Remembered(next, null));
        return new Draft(membership, all);
    }

    /** What the operator wants of an address: set for itself, else for the name that it comes from. */
    Setting setting(ServerAddress address, @Nullable String hostname) {
        Remembered own = remembered.get(address);
        if (own == null && hostname != null) {
            own = remembered.get(new ServerAddress(hostname, address.port()));
        }
        return own == null ? Setting.DEFAULT : own.setting();
    }

    private Draft withManaged(List<ServerAddress> managed) {
        return new Draft(membership.withManaged(managed), remembered);
    }

    Draft with(Membership next) {
        return new Draft(next, remembered);
    }
}
