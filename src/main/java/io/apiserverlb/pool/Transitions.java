package io.apiserverlb.pool;

import java.util.Locale;
import java.util.Objects;

/** What changed for sessions between two lists: tells it to operators and counts it. */
record Transitions(ServerList before, ServerList after, String actor) {

    void announce(Events events, Audience audience) {
        for (Server server : after.servers()) {
            Server known = before.get(server.address());
            if (known != null) {
                announceIdentity(events, known, server);
                announceRise(events, known, server);
            }
            if (known != null && known.state() != server.state()) {
                audience.tell(l -> l.changedState(server.address(), known.state(), server.state()));
                announceState(events, known, server);
            }
        }
        if (before.mode() != after.mode()) {
            announceMode(events);
        }
        if (before.commonCause() != after.commonCause()) {
            events.record(
                    Event.Type.MODE,
                    after.commonCause() ? Event.Severity.WARN : Event.Severity.INFO,
                    actor,
                    after.commonCause()
                            ? "every primary says that it is not ready: ignored, since that leaves no server"
                            : "not every primary says that it is not ready any more");
        }
    }

    private void announceIdentity(Events events, Server known, Server server) {
        Certificate.Identity from = known.observed().identity();
        Certificate.Identity to = server.observed().identity();
        if (from == to || !(isTrouble(from) || isTrouble(to))) {
            return;
        }
        // A server that once showed a certificate has one from then on.
        String why = Objects.requireNonNull(server.observed().certificate()).reason();
        String reason = why == null ? "" : ": " + why;
        events.record(
                Event.Type.CERTIFICATE,
                isTrouble(to) ? Event.Severity.WARN : Event.Severity.INFO,
                server.address(),
                actor,
                "the certificate of " + server.address() + " is " + text(to) + reason,
                text(from),
                text(to));
    }

    private void announceRise(Events events, Server known, Server server) {
        int from = known.health().thresholds().rise();
        int to = server.health().thresholds().rise();
        if (from == to) {
            return;
        }
        String passes = to + (to == 1 ? " pass" : " passes");
        events.record(
                Event.Type.FLAPPING,
                to > from ? Event.Severity.WARN : Event.Severity.INFO,
                server.address(),
                actor,
                to > from
                        ? server.address() + " goes up and down: it now takes " + passes + " in a row to be up, not "
                                + from
                        : server.address() + " has been steady for a while: it takes " + passes
                                + " in a row to be up again",
                Integer.toString(from),
                Integer.toString(to));
    }

    private static boolean isTrouble(Certificate.Identity identity) {
        return identity == Certificate.Identity.REFUSED || identity == Certificate.Identity.OUT_OF_DATE;
    }

    private void announceState(Events events, Server known, Server server) {
        events.record(
                Event.Type.SERVER_STATE,
                server.state() == ServerState.DOWN ? Event.Severity.WARN : Event.Severity.INFO,
                server.address(),
                actor,
                server.address() + " is " + text(server.state()) + ": " + new StateChange(known, server).reason(),
                text(known.state()),
                text(server.state()));
    }

    private void announceMode(Events events) {
        String message = switch (after.mode()) {
            case NORMAL -> "a primary server is usable";
            case FALLBACK -> "no primary server is usable: sessions go to the registration address";
            case LAST_RESORT -> "no server is usable: every one is tried for each session";
        };
        events.record(
                Event.Type.MODE,
                after.mode() == Mode.NORMAL ? Event.Severity.INFO : Event.Severity.ERROR,
                null,
                actor,
                message,
                text(before.mode()),
                text(after.mode()));
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
