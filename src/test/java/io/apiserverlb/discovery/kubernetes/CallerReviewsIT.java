package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.RunningBalancer;
import io.apiserverlb.api.ClusterReviews;
import io.apiserverlb.api.ClusterUser;
import io.apiserverlb.discovery.kubernetes.ReviewServer.Answer;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions about callers of the whole balancer, in front of two API servers that nobody has to discover. */
@Timeout(120)
class CallerReviewsIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ANNA = "{\"authenticated\":true,\"user\":{\"username\":\"anna\",\"uid\":\"7\","
            + "\"groups\":[\"operators\"],\"extra\":{\"a\":[\"b\"]}}}";
    private static final ClusterUser USER =
            new ClusterUser("anna", "7", List.of("operators"), Map.of("a", List.of("b")));

    @TempDir
    Path folder;

    private static ReviewServer server() {
        ReviewServer server = new ReviewServer(AUTHORITY.server(TestCluster.SERVER_NAME));
        server.answer(question ->
                question.token().isEmpty() ? Answer.of(question, "{\"allowed\":true}") : Answer.of(question, ANNA));
        return server;
    }

    private static String address(ReviewServer server) {
        return "127.0.0.1:" + server.address().getPort();
    }

    private RunningBalancer balancer(ReviewServer... servers) {
        Path kubeconfig = new KubeconfigFile(folder.resolve("config"))
                .ca(AUTHORITY.pem())
                .token("sesame")
                .write();
        return RunningBalancer.start(
                Map.of(
                        "lb.admin.kubernetes-auth",
                        "true",
                        "lb.discovery.kubeconfig",
                        kubeconfig.toString(),
                        "lb.server-addresses",
                        address(servers[0]) + "," + address(servers[1]),
                        "lb.check.type",
                        "tcp"),
                folder);
    }

    @Test
    void areAskedOverWhicheverServerIsLeft() throws Exception {
        try (ReviewServer one = server();
                ReviewServer other = server();
                RunningBalancer balancer = balancer(one, other)) {
            ClusterReviews reviews = balancer.reviews();

            assertThat(reviews.user("token")).contains(USER);
            assertThat(reviews.allows(USER, "put", "/lb/servers")).isTrue();
            ReviewServer used = one.asked().isEmpty() ? other : one;
            ReviewServer left = used == one ? other : one;
            used.close();
            assertThat(reviews.user("another token")).contains(USER);

            assertThat(left.asked())
                    .isNotEmpty()
                    .allMatch(question -> "Bearer sesame".equals(question.authorization()));
            assertThat(balancer.pool().list().membership().seeds())
                    .as("the address in the credentials is no server of the balancer")
                    .isEmpty();
        }
    }

    @Test
    void comeInWhereNoServerIsAndAreSeenAsSessions() throws Exception {
        try (ReviewServer one = server();
                ReviewServer other = server();
                RunningBalancer balancer = balancer(one, other)) {
            assertThat(balancer.reviews().user("token")).contains(USER);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(balancer.sessionControl().newest(10, null))
                            .singleElement()
                            .satisfies(session -> assertThat(session.caller()).isEqualTo("discovery")));
            assertThat(balancer.ownPorts())
                    .hasSize(2)
                    .allSatisfy(port -> assertThat(balancer.pool().isSelf(new ServerAddress("127.0.0.1", port)))
                            .isTrue());
        }
    }
}
