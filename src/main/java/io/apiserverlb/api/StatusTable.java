package io.apiserverlb.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The balancer on a terminal: a line of summary, a line of headings and a line for each server, in plain ASCII.
 *
 * <p>Of the warnings about a certificate there is the number, as their words are long. No cell holds a blank, so that {@code awk} can take the lines apart.
 *
 * @param now by which the days of certificates are counted
 */
record StatusTable(Instant now) {
    private static final List<String> HEADINGS = List.of(
            "ADDRESS",
            "ROLE",
            "STATE",
            "USABLE",
            "WEIGHT",
            "SESSIONS",
            "CHECK",
            "TIME",
            "IDENTITY",
            "CERTIFICATE",
            "WARNINGS");
    private static final String NONE = "-";
    private static final String GAP = "  ";

    String render(SummaryView summary, List<ServerView> servers) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        servers.forEach(server -> rows.add(cells(server)));
        String table = rows.stream().map(row -> line(row, widths(rows))).collect(Collectors.joining());
        return ascii(headline(summary)) + table;
    }

    private static String headline(SummaryView summary) {
        String error = summary.discovery().error();
        return summary.name() + " " + summary.version()
                + ": mode " + summary.mode()
                + ", " + summary.servers().usable() + " of " + summary.servers().total() + " servers usable"
                + ", " + summary.connections().active() + " of "
                + summary.connections().limit() + " sessions"
                + ", listening on " + String.join(" ", summary.listeners())
                + ", discovery " + summary.discovery().kind() + (error == null ? "" : " failing: " + error);
    }

    private List<String> cells(ServerView server) {
        ServerView.CheckView check = server.check();
        ServerView.CertificateView certificate = server.certificate();
        return List.of(
                server.address(),
                server.role(),
                server.state(),
                server.usable() ? "yes" : "no",
                String.valueOf(server.weight()),
                String.valueOf(server.connections().active()),
                check == null ? NONE : check.result() + (check.code() == null ? "" : "/" + check.code()),
                check == null ? NONE : check.durationMs() + "ms",
                certificate == null ? NONE : certificate.identity(),
                certificate == null ? NONE : daysUntil(certificate.notAfter()),
                String.valueOf(server.warnings().size()));
    }

    /** Whole days that are left; negative once the time is over. */
    private String daysUntil(Instant end) {
        return Math.floorDiv(
                        Duration.between(now, end).toSeconds(),
                        Duration.ofDays(1).toSeconds()) + "d";
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i))
                    .append(" ".repeat(widths[i] - cells.get(i).length()))
                    .append(GAP);
        }
        return ascii(line.toString().stripTrailing());
    }

    private static String ascii(String line) {
        return line.replaceAll("[^ -~]", "?") + "\n";
    }
}
