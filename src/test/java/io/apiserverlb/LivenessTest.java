package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivenessTest {
    @TempDir
    private Path folder;

    @Test
    void dependsOnTheLoopOfTheChecksToo() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningBalancer balancer = RunningBalancer.start(
                        Map.of(
                                "lb.server-addresses", "127.0.0.1:" + server.getLocalPort(),
                                "lb.check.type", "tcp",
                                "lb.check.interval", "200ms"),
                        folder)) {
            await().until(() -> balancer.liveness().sinceLastTurn().compareTo(Duration.ofSeconds(2)) < 0);
            balancer.pool().subscribe(list -> {
                if (Thread.currentThread().getName().startsWith("lb-check")) {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            server.close();
            try {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() ->
                                assertThat(balancer.liveness().sinceLastTurn()).isGreaterThan(Duration.ofSeconds(5)));
            } finally {
                over.countDown();
            }
        }
    }
}
