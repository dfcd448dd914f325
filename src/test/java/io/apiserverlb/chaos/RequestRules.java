package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Trouble.What;
import io.apiserverlb.failover.Request;
import io.apiserverlb.failover.Request.Reached;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What must hold of each client that shook hands and asked.
 *
 * @param names of the servers in their certificates, by their numbers
 */
record RequestRules(Facts facts, List<String> names, Violations violations) {
    void judge(Request request) {
        int server = names.indexOf(request.server());
        if (server >= 0) {
            String why = facts.whyForbidden(server, request.start(), request.end());
            require(why.isEmpty(), request, "no session goes where none may (" + why + ")");
        }
        if (request.failed()) {
            require(isExcused(request, server), request, "clients are served while a server is well");
        }
    }

    private boolean isExcused(Request request, int server) {
        long from = request.start();
        long to = request.end();
        if (facts.unserved(from, to) || facts.leftBehind(from, to)) {
            return true;
        }
        if (request.reached().compareTo(Reached.GREETED) < 0) {
            return !facts.someoneWell(from, to);
        }
        // A server had begun to answer: no other could go on from there.
        return server >= 0 ? isHurt(server, from, to) : isAnyHurt(from, to);
    }

    private boolean isAnyHurt(long from, long to) {
        return IntStream.range(0, names.size()).anyMatch(server -> isHurt(server, from, to));
    }

    private boolean isHurt(int server, long from, long to) {
        return facts.touched(server, EnumSet.of(What.BROKEN, What.SILENT), from - Bounds.MOMENT, to)
                || facts.touched(server, Set.of(What.FOREIGN), from - Bounds.IDENTITY, to)
                || facts.touched(server, EnumSet.of(What.ABSENT, What.DRAIN, What.MAINT), from - Bounds.MOMENT, to);
    }

    private void require(boolean holds, Request request, String rule) {
        if (!holds) {
            violations.add(request.end(), rule, request.toString());
        }
    }
}
