package io.apiserverlb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.demo.DemoServer.Mode;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DemoClusterTest {
    @Test
    void runsThreeServersOfOneAuthority() throws Exception {
        try (DemoCluster cluster = new DemoCluster(InstantSource.system(), new SecureRandom())) {
            TlsClient client = new TlsClient(cluster.authority().sslContext());

            assertThat(cluster.servers()).extracting(DemoServer::number).containsExactly(1, 2, 3);
            for (DemoServer server : cluster.servers()) {
                assertThat(client.get(server, "/readyz").headers().firstValue("X-Demo-Server"))
                        .hasValue(String.valueOf(server.number()));
            }
        }
    }

    @Test
    void tellsWhereItsServersAre() {
        try (DemoCluster cluster = new DemoCluster(InstantSource.system(), new SecureRandom())) {
            assertThat(cluster.addresses())
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .allMatch(address -> address.matches("127\\.0\\.0\\.1:[1-9]\\d*"))
                    .isEqualTo(
                            cluster.servers().stream().map(DemoServer::address).toList());
        }
    }

    @Test
    void endsItsServersAndItsThread() throws Exception {
        Set<Thread> others = demoThreads();
        DemoCluster cluster = new DemoCluster(InstantSource.system(), new SecureRandom());
        Set<Thread> own = demoThreads();
        own.removeAll(others);

        cluster.close();
        cluster.close();

        assertThat(cluster.servers()).extracting(DemoServer::mode).containsOnly(Mode.STOPPED);
        assertThat(own).hasSize(1);
        Thread thread = own.iterator().next();
        // The event loop reports its end from the thread's last breath.
        thread.join(TlsClient.PATIENCE.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private static Set<Thread> demoThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lb-demo"))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
