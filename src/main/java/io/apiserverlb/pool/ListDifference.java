package io.apiserverlb.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tells the difference between two lists in words. */
final class ListDifference {
    private ListDifference() {}

    static Changed between(ServerList before, ServerList after) {
        List<String> changes = new ArrayList<>();
        int sessions = 0;
        for (Server server : before.servers()) {
            Server next = after.get(server.address());
            if (next == null) {
                changes.add("remove " + server.address());
            } else {
                compare(server, next, changes);
            }
            boolean sessionsLeave = next == null
                    || (isReady(server) && !isReady(next))
                    || (!before.failsBackFrom(server) && after.failsBackFrom(next));
            sessions += sessionsLeave ? server.load().active() : 0;
        }
        for (Server server : after.servers()) {
            if (before.get(server.address()) == null) {
                changes.add("add " + server.address() + weight(server));
            }
        }
        if (changes.isEmpty()
                && !before.membership().managed().equals(after.membership().managed())) {
            changes.add("managed list " + before.membership().managed() + " → "
                    + after.membership().managed());
        }
        return new Changed(after, changes, sessions);
    }

    private static boolean isReady(Server server) {
        return server.setting().admin() == AdminState.READY;
    }

    private static String weight(Server server) {
        int weight = server.setting().weight();
        return weight == Setting.DEFAULT_WEIGHT ? "" : " with weight " + weight;
    }

    private static void compare(Server before, Server after, List<String> changes) {
        String address = before.address().toString();
        if (before.setting().admin() != after.setting().admin()) {
            changes.add(address + ": admin " + lower(before.setting().admin()) + " → "
                    + lower(after.setting().admin()));
        }
        if (before.setting().weight() != after.setting().weight()) {
            changes.add(address + ": weight " + before.setting().weight() + " → "
                    + after.setting().weight());
        }
        if (!before.place().origins().equals(after.place().origins())) {
            changes.add(address + ": " + origins(before) + " → " + origins(after));
        }
        boolean wasRemoving = before.place().removingSince() != null;
        if (!wasRemoving && after.place().removingSince() != null) {
            changes.add(address + ": removing");
        }
    }

    private static String origins(Server server) {
        return server.place().origins().stream()
                .sorted()
                .map(ListDifference::lower)
                .collect(Collectors.joining("+"));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The lists as an operator would write them down. */
    static String describe(ServerList list) {
        String settings = list.servers().stream()
                .filter(server -> !server.setting().equals(Setting.DEFAULT))
                .map(server -> server.address() + " " + lower(server.setting().admin()) + " "
                        + server.setting().weight())
                .collect(Collectors.joining(", "));
        return lists(list.membership()) + (settings.isEmpty() ? "" : " with " + settings);
    }

    private static String lists(Membership membership) {
        return membership.discovered().isEmpty()
                ? membership.managed().toString()
                : "managed " + membership.managed() + ", discovered " + membership.discovered();
    }
}
