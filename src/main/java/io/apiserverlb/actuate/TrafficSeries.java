package io.apiserverlb.actuate;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

/** Counts the traffic and the checks of one server: on any thread, event loops included, with no meter looked up and no lock. */
final class TrafficSeries {
    private final Timer connects;
    private final Counters<ConnectFailure> connectFailures;
    private final Counters<CloseReason> closings;
    private final Durations sessions = new Durations();
    private final Counters<CheckResult.Code> checkResults;
    private final Durations checks = new Durations();

    /** Every label value is there from 0 on, so that the first failure is a rise. */
    TrafficSeries(Series series) {
        this.connects = series.histogram(
                "apiserver.lb.connect.duration",
                "Time from the choice of a server to the connection.",
                DoubleStream.of(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10));
        this.connectFailures = series.counters(
                "apiserver.lb.connect.failures",
                "Connections to a server that were not made, by reason.",
                "reason",
                ConnectFailure.class,
                Label::lower);
        this.closings = series.counters(
                "apiserver.lb.sessions.closed",
                "Sessions that ended, by reason.",
                "reason",
                CloseReason.class,
                Label::lower);
        series.summary("apiserver.lb.session.duration", "How long sessions lasted.", sessions);
        this.checkResults = series.counters(
                "apiserver.lb.checks",
                "Health checks, by HAProxy's code for their result.",
                "result",
                CheckResult.Code.class,
                Enum::name);
        series.summary("apiserver.lb.check.duration", "How long health checks took.", checks);
    }

    void connected(long nanos) {
        connects.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failedToConnect(ConnectFailure reason) {
        connectFailures.increment(reason);
    }

    void sessionEnded(CloseReason reason, long nanos) {
        closings.increment(reason);
        sessions.add(nanos);
    }

    void checked(CheckResult result) {
        checkResults.increment(result.code());
        checks.add(result.duration().toNanos());
    }
}
