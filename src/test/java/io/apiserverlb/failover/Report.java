package io.apiserverlb.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What clients met in a scenario.
 *
 * @param requests of clients that connected anew
 * @param direct of clients that connected anew without the balancer
 * @param cuts of clients that keep their connection
 */
record Report(List<Request> requests, List<Request> direct, List<Cut> cuts) {
    private static final double MEDIAN = 0.5;
    private static final double MOST = 0.9;
    private static final double NEARLY_ALL = 0.99;

    /** Those that began in a time span. */
    Report between(long from, long to) {
        return new Report(
                between(requests, from, to),
                between(direct, from, to),
                cuts.stream().filter(cut -> cut.at() >= from && cut.at() < to).toList());
    }

    private static List<Request> between(List<Request> requests, long from, long to) {
        return requests.stream()
                .filter(request -> request.start() >= from && request.start() < to)
                .toList();
    }

    Report since(long from) {
        return between(from, Long.MAX_VALUE);
    }

    /** No client that connected anew saw an error. */
    void noErrors() {
        assertThat(requests).filteredOn(Request::failed).as("failed requests").isEmpty();
    }

    /** No client that connected anew saw an error, but those that a server that died had begun to answer. */
    void noErrorsBut(ServerProcess... died) {
        List<String> names = Stream.of(died).map(ServerProcess::name).toList();
        assertThat(requests)
                .filteredOn(Request::failed)
                .as("requests that failed and were not being answered by " + names)
                .allMatch(request ->
                        !request.failedNeedlessly() && (request.server() == null || names.contains(request.server())));
    }

    /** Nobody's kept connection was cut. */
    void noCuts() {
        assertThat(cuts).as("cuts of kept connections").isEmpty();
    }

    /** Only connections to this server were cut, and all of their clients were answered again within a time. */
    void cutsOnlyOf(ServerProcess hurt, Duration healedWithin) {
        assertThat(cuts)
                .as("cuts of kept connections")
                .allMatch(cut -> cut.server().equals(hurt.name()));
        healedWithin(healedWithin);
    }

    /** Whoever was cut off was answered again within a time, but for what the machine itself took. */
    void healedWithin(Duration limit) {
        Duration allowed = limit.plus(machine());
        assertThat(cuts)
                .as("cuts of kept connections that should be healed within " + limit.toMillis() + " ms")
                .allMatch(cut -> cut.nextAnswer() != null && cut.outage().compareTo(allowed) < 0);
    }

    /** No client that connected anew waited longer, but for what the machine itself took. */
    void slowestBelow(Duration limit) {
        long allowed = limit.plus(machine()).toNanos();
        assertThat(requests)
                .as("requests that took longer than " + limit.toMillis() + " ms and what the machine took")
                .filteredOn(request -> request.nanos() > allowed)
                .filteredOn(request -> request.nanos() - Hiccups.within(request.start(), request.end()) > allowed)
                .isEmpty();
    }

    /** Something took less than a time, but for what the machine itself took. */
    void took(Duration measured, Duration limit) {
        assertThat(measured).isLessThan(limit.plus(machine()));
    }

    /** Twice what the slowest client waited without a balancer, since there are two connections where that one has one. */
    private Duration machine() {
        return percentile(direct, 1).multipliedBy(2);
    }

    /** The same, of those that were served: a request that a dying server took with it is looked at elsewhere. */
    void slowestAnsweredBelow(Duration limit) {
        new Report(requests.stream().filter(request -> !request.failed()).toList(), direct, cuts).slowestBelow(limit);
    }

    /**
     * Nine of ten clients that connected anew were faster, but for what the machine itself took: what hurts a share of them as large as one
     * server's would show. A request through the balancer has to wait for a processor three times as often as a direct one.
     */
    void mostBelow(Duration limit) {
        assertThat(percentile(requests, MOST))
                .as("what 90 % of requests took")
                .isLessThan(limit.plus(percentile(direct, MOST).multipliedBy(3)));
    }

    /** The same for 99 of 100, which tells of a fault that is over: the rest is left to the machine, which is asked less often. */
    void nearlyAllBelow(Duration limit) {
        assertThat(percentile(requests, NEARLY_ALL))
                .as("what 99 % of requests took")
                .isLessThan(limit.plus(percentile(direct, NEARLY_ALL).multipliedBy(3)));
    }

    private static Duration percentile(List<Request> requests, double share) {
        long[] sorted = requests.stream().mapToLong(Request::nanos).sorted().toArray();
        return sorted.length == 0
                ? Duration.ZERO
                : Duration.ofNanos(sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))]);
    }

    Duration longestOutage() {
        return cuts.stream().map(Cut::outage).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    @Override
    public String toString() {
        long failed = requests.stream().filter(Request::failed).count();
        return requests.size() + " new, " + failed + " failed, " + spread(requests) + ", direct " + spread(direct)
                + "; " + cuts.size() + " kept cut, longest outage " + ms(longestOutage()) + " ms";
    }

    /** Median, 90 %, 99 % and the slowest. */
    private static String spread(List<Request> requests) {
        return Stream.of(MEDIAN, MOST, NEARLY_ALL, 1.0)
                        .map(share -> ms(percentile(requests, share)))
                        .collect(Collectors.joining("/"))
                + " ms";
    }

    static String ms(Duration duration) {
        long tenths = duration.toNanos() / 100_000;
        return tenths / 10 + "." + tenths % 10;
    }
}
