package io.apiserverlb.chaos;

import io.apiserverlb.chaos.Ledgers.Served;
import io.apiserverlb.chaos.Transfer.Outcome;
import io.apiserverlb.chaos.Trouble.What;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of each transfer. */
record TransferRules(Facts facts, Ledgers ledgers, SessionLines lines, Violations violations) {
    private static final Set<What> TO_LEAVE = EnumSet.of(What.ABSENT, What.DRAIN, What.MAINT, What.FOREIGN);

    /** Of a session that got no server, for there was none, or none that took it. */
    private static final Set<String> UNSERVED = Set.of("SC", "sC");

    void judge(Transfer transfer) {
        List<Served> all = ledgers.of(transfer.plan().id());
        SessionLine line =
                lines.of(transfer.port(), transfer.start(), transfer.end()).orElse(null);
        Case one = new Case(transfer, all.isEmpty() ? null : all.get(0), line);
        if (all.size() > 1) {
            one.violates("a stream goes to one server", all.toString());
        }
        one.judge();
    }

    private final class Case {
        private final Transfer transfer;
        private final @Nullable Served served;
        private final @Nullable SessionLine line;

        Case(Transfer transfer, @Nullable Served served, @Nullable SessionLine line) {
            this.transfer = transfer;
            this.served = served;
            this.line = line;
        }

        void judge() {
            if (served != null) {
                content(served);
                place(served);
                stay(served);
            }
            if (transfer.outcome() == Outcome.WRONG) {
                violates("clients get what servers sent", "");
            } else if (transfer.outcome() == Outcome.REFUSED) {
                require(facts.unserved(transfer.start(), transfer.end()), "somebody listens");
            } else if (transfer.outcome() == Outcome.STALLED) {
                stalled();
            } else if (isWhole()) {
                bytes();
            } else {
                String why = withoutCause();
                require(why.isEmpty(), "a stream is cut for a cause (" + why + ")");
            }
        }

        private void content(Served at) {
            if (at.how() != null && at.how().startsWith("wrong")) {
                violates("servers get what clients sent", "");
            }
            require(
                    at.received() <= transfer.sent() || transfer.plan().aborts() || !transfer.complete(),
                    "nothing is added");
            boolean lost = at.heardTheEnd()
                    && at.received() < transfer.plan().up()
                    && transfer.plan().aborts();
            require(!lost || line == null || !line.flags().equals("CD"), "a reset is passed on as one");
        }

        private void place(Served at) {
            long chosen = line == null
                    ? transfer.end()
                    : Math.min(transfer.end(), transfer.start() + Bounds.MOMENT + line.chosenAfter());
            String why = facts.whyForbidden(at.server(), transfer.start(), chosen);
            require(why.isEmpty(), "no session goes where none may (" + why + ")");
        }

        private void stay(Served at) {
            for (Trouble trouble : facts.troubles()) {
                if (trouble.server() == at.server() && TO_LEAVE.contains(trouble.what())) {
                    long noticed = trouble.doneAt() + (trouble.what() == What.FOREIGN ? Bounds.IDENTITY : 0);
                    long left = noticed + Bounds.DRAIN.toNanos() + Bounds.SLACK;
                    boolean stayed = trouble.doneAt() != Long.MAX_VALUE
                            && transfer.start() <= trouble.doneAt()
                            && transfer.end() - Facts.machine(noticed, left) > left
                            && trouble.undoingAt() > left
                            && !facts.isOfOldBalancer(transfer.start(), trouble.begunAt());
                    require(!stayed, "no session stays on a server that is " + trouble.what());
                }
            }
        }

        private void stalled() {
            boolean silent = served != null
                    && facts.touched(
                            served.server(),
                            Set.of(What.SILENT),
                            transfer.end() - 2 * Bounds.TRANSFER_STALL,
                            transfer.end());
            require(silent, "bytes and ends arrive");
        }

        /** Both sides have all that the other one sent, and its end. */
        private boolean isWhole() {
            return transfer.complete()
                    && served != null
                    && served.heardTheEnd()
                    && served.received() == transfer.sent()
                    && served.sent() == transfer.received();
        }

        /** Of a whole one, what the balancer counted. */
        private void bytes() {
            if (facts.unserved(transfer.start(), transfer.end() + Bounds.MOMENT)) {
                return; // a line may be lost with its process
            }
            if (line == null) {
                violates("each session has its line", "");
                return;
            }
            require(
                    line.bytesIn() == transfer.plan().firstLine().length + transfer.sent()
                            && line.bytesOut() == transfer.received(),
                    "the log counts each byte");
            require(line.flags().equals("--") || isLate(line), "a whole session ends in order");
        }

        /** Both sides had all already when the session was ended: for a reason, or since the client was quick to forget it. */
        private boolean isLate(SessionLine at) {
            return withoutCause().isEmpty() || at.flags().equals("CD");
        }

        /** Empty if there is a cause. */
        private String withoutCause() {
            if (facts.unserved(transfer.start(), transfer.end())
                    || facts.leftBehind(transfer.start(), transfer.end())) {
                return "";
            }
            if (line == null) {
                // Its client had gone, and the balancer had not noticed yet.
                boolean gone = facts.unserved(transfer.start(), transfer.end() + Bounds.SLACK);
                return gone ? "" : "and has no line";
            }
            if (transfer.outcome() == Outcome.ABORTED && line.flags().charAt(0) == 'C') {
                return "";
            }
            if (UNSERVED.contains(line.flags())) {
                return facts.someoneWell(transfer.start(), line.at()) ? line.flags() : "";
            }
            OptionalInt at = facts.serverAt(line.server());
            return at.isPresent() && isCaused(line.flags(), at.getAsInt(), line.at()) ? "" : line.flags();
        }

        private boolean isCaused(String flags, int server, long at) {
            return switch (flags) {
                // A process that is killed ends its connections like one that has said all; what it had not read yet is
                // lost.
                case "--" ->
                    facts.touched(
                            server,
                            Set.of(What.BROKEN),
                            at - 3 * Bounds.MOMENT,
                            at + (transfer.complete() ? Bounds.AFTERMATH : Bounds.MOMENT));
                case "SD" -> facts.touched(server, Set.of(What.BROKEN), at - 3 * Bounds.MOMENT, at + Bounds.MOMENT);
                case "DD" -> facts.touched(server, Facts.FAULTS, at - Bounds.AFTERMATH, at);
                case "KD" -> facts.touched(server, Set.of(What.DRAIN, What.MAINT), at - Bounds.MOMENT, at);
                case "XD" -> facts.touched(server, Set.of(What.ABSENT), at - Bounds.MOMENT, at);
                default -> false;
            };
        }

        private void require(boolean holds, String rule) {
            if (!holds) {
                violates(rule, "");
            }
        }

        private void violates(String rule, String more) {
            violations.add(
                    transfer.end(),
                    rule,
                    transfer + "; " + served + "; log: " + (line == null ? "nothing" : line.text()) + " " + more);
        }
    }
}
