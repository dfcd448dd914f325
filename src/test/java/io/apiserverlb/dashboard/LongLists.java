package io.apiserverlb.dashboard;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Stands in for a balancer with so many servers as wanted: each answer is a status, and the page asks for the next. There is
 * something to know of the certificate of one.
 */
final class LongLists {
    static final String WARNED = "10.0.0.1:6443";
    static final String WARNING = "the certificate does not cover 127.0.0.1";

    private static final String STATUS = """
            {"boot":"b","sample":[%1$d,1,2,3,4,5],"summary":{"name":"many","mode":"normal","listeners":[],"version":"1",
            "servers":{"total":%2$d,"usable":%2$d},"connections":{"active":%2$d,"limit":10000},
            "discovery":{"kind":"none","lastSuccess":null,"error":null}},
            "list":{"serverUrl":null,"serverAddresses":[],"version":1,"servers":[%3$s]}}
            """;
    private static final String SERVER = """
            {"address":"10.0.%d.%d:6443","hostname":null,"role":"primary","origins":["managed"],"admin":"ready",
            "state":"up","usable":true,"reason":null,"weight":100,
            "health":{"rise":2,"fall":3,"credit":4,"since":"2026-11-24T00:00:00Z"},
            "check":null,"certificate":null,"kubernetesVersion":null,
            "connections":{"active":%d,"total":0,"failed":0,"bytesIn":0,"bytesOut":0},
            "warnings":[%s]}
            """;

    private final int servers;
    private int told;

    private LongLists(int servers) {
        this.servers = servers;
    }

    static void on(Page page, int servers) {
        LongLists lists = new LongLists(servers);
        page.route(Pattern.compile("/lb/live$"), lists::answer);
    }

    private void answer(Route route) {
        told++;
        String list = IntStream.range(0, servers)
                .mapToObj(number ->
                        SERVER.formatted(number / 250, number % 250, told, number == 1 ? '"' + WARNING + '"' : ""))
                .collect(Collectors.joining(","));
        String status =
                STATUS.formatted(System.currentTimeMillis(), servers, list).replace("\n", "");
        route.fulfill(new Route.FulfillOptions()
                .setContentType("text/event-stream")
                .setBody("event: status\ndata: " + status + "\n\n"));
    }
}
