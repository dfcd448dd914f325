package io.apiserverlb.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * Which server the next session of a client gets, and why.
 *
 * @param candidates those that are chosen from, in the order in which the session would try them; the first is the choice
 * @param leftOut all other servers
 * @param certain whether chance has no part in the choice
 * @param because what decides between the candidates, in words
 */
public record Explanation(
        Policy policy,
        Prefer prefer,
        Mode mode,
        List<Candidate> candidates,
        List<LeftOut> leftOut,
        boolean certain,
        String because) {

    public Explanation {
        candidates = List.copyOf(candidates);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * One that may be chosen.
     *
     * @param weight less than its own while it starts slowly
     * @param current whether sessions stay on it, by {@link Policy#FAILOVER}
     */
    public record Candidate(Server server, double weight, boolean current) {}

    /** One that may not, with the reason in words. */
    public record LeftOut(Server server, String reason) {}

    /** The servers of a list that are not among these, which it prefers. */
    static List<LeftOut> leftOut(ServerList list, List<Candidate> candidates) {
        List<Server> chosen = candidates.stream().map(Candidate::server).toList();
        List<LeftOut> left = new ArrayList<>();
        for (Server server : list.servers()) {
            if (!chosen.contains(server)) {
                left.add(new LeftOut(server, reason(list, server, chosen)));
            }
        }
        return left;
    }

    private static String reason(ServerList list, Server server, List<Server> chosen) {
        if (server.usable()) {
            return list.ranking().whyBehind(server, chosen.get(0));
        }
        boolean later = list.mode() == Mode.LAST_RESORT && server.eligible() && !chosen.isEmpty();
        return later ? server.reason() + "; it is tried after those that promise more" : server.reason();
    }
}
