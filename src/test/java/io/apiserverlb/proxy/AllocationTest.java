package io.apiserverlb.proxy;

import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import com.sun.management.ThreadMXBean;
import io.apiserverlb.testing.Budget;
import io.apiserverlb.testing.TestSession;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * What the event loops allocate, in bytes as the JVM counts them, against a stored budget.
 *
 * <p>The tests' JVM has the first compiler only, which spares nothing, so that the figures are nearly exact; in service they are lower. A
 * batch is repeated until it is in the budget, since what is interpreted allocates more.
 */
@Timeout(60)
class AllocationTest {
    private static final int BATCHES = 15;
    private static final int ROUND_TRIPS = 10_000;
    private static final int SESSIONS = 1_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Long> loops = new ArrayList<>();
    private final Logger sessionLog = (Logger) LoggerFactory.getLogger("apiserver-lb.session");
    private final boolean additive = sessionLog.isAdditive();
    private final ResourceLeakDetector.Level leakDetection = ResourceLeakDetector.getLevel();
    private ServerSocket listening;
    private Balancer balancer;

    private interface Work {
        void run() throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
        assumeThat(Epoll.isAvailable()).as("epoll, which only Linux has").isTrue();
        sessionLog.setAdditive(false); // the lines are made, and nobody writes them
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it allocates far more than it watches
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        balancer = new Balancer.Builder().servers(listening.getLocalPort()).start();
        for (EventExecutor loop : balancer.loops.group()) {
            loops.add(loop.submit(() -> Thread.currentThread().getId()).get());
        }
    }

    @AfterEach
    void stop() throws IOException {
        sessionLog.setAdditive(additive);
        ResourceLeakDetector.setLevel(leakDetection);
        if (balancer != null) {
            balancer.close();
            listening.close();
        }
    }

    @Test
    void aRequestOnAKeptConnectionLeavesNothingBehind() throws Exception {
        TestSession session = session();

        check("request-memory", ROUND_TRIPS, session::roundTrip);

        session.endByClient();
    }

    @Test
    void aSessionStaysInItsBudget() throws Exception {
        check("session-memory", SESSIONS, () -> {
            TestSession session = session();
            session.roundTrip();
            session.endByClient();
        });
    }

    private TestSession session() throws IOException {
        return TestSession.open(balancer.frontend.listeners().get(0).getPort(), listening);
    }

    private void check(String unit, int units, Work work) throws IOException {
        Budget budget = Budget.of(unit);
        double least = Double.MAX_VALUE;
        for (int batch = 0; batch < BATCHES && !budget.allows(Map.of("bytes", least)); batch++) {
            least = Math.min(bytes(units, work), least);
        }
        budget.check(Map.of("bytes", least));
    }

    /** Of a unit. */
    private double bytes(int units, Work work) throws IOException {
        long before = allocated();
        for (int i = 0; i < units; i++) {
            work.run();
        }
        return (double) (allocated() - before) / units;
    }

    private long allocated() {
        return loops.stream().mapToLong(threads::getThreadAllocatedBytes).sum();
    }
}
