package io.apiserverlb.pool;

import java.util.List;

/**
 * What a change of the list does, or would do.
 *
 * @param list the list afterwards
 * @param changes each difference in words; empty if there is none
 * @param sessionsToClose sessions now on servers that take none any more, or on a seed while a primary is usable again, which need not be
 *     left if failing back is switched off
 */
public record Changed(ServerList list, List<String> changes, int sessionsToClose) {
    public Changed {
        changes = List.copyOf(changes);
    }
}
