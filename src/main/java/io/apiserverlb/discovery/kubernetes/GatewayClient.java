package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/** Makes clients of a cluster that reach whichever of its API servers is behind a local listener. */
final class GatewayClient {
    private GatewayClient() {}

    /**
     * Makes a client that repeats a request at most once, after HTTP 401, with the token that there is then.
     *
     * @param tokens asked for each request
     * @param tasks runs what a watch tells
     * @param timeout for the beginning of a connection, or of an answer to a watch
     * @param watches is told of each answer to a watch, on a thread of the client
     */
    static KubernetesClient to(
            InetSocketAddress gateway,
            KnownCluster cluster,
            OAuthTokenProvider tokens,
            Executor tasks,
            Duration timeout,
            WatchAnswers.Listener watches,
            InstantSource clock) {
        int millis = (int) timeout.toMillis();
        // Empty: nothing of the environment, of system properties or of files that the library would look for.
        Config config = new ConfigBuilder(Config.empty())
                .withAutoConfigure(false)
                .withMasterUrl("https://" + host(gateway) + ":" + gateway.getPort())
                .withOauthTokenProvider(tokens)
                .withHttp2Disable(true)
                // As kubectl watches: a WebSocket is more than every proxy before an API server knows.
                .withOnlyHttpWatches(true)
                .withConnectionTimeout(millis)
                .withRequestTimeout(millis)
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectLimit(0)
                .withUserAgent("apiserver-lb")
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new VerifiedOnly(cluster, clock))
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("watch-answers", new WatchAnswers(timeout, watches)))
                .withTaskExecutor(tasks)
                .build();
    }

    private static String host(InetSocketAddress gateway) {
        String literal = gateway.getAddress().getHostAddress();
        return literal.contains(":") ? "[" + literal + "]" : literal;
    }

    /** What is said here is the last word: the library has set its own TLS before. */
    private static final class VerifiedOnly extends JdkHttpClientFactory {
        private final KnownCluster cluster;
        private final InstantSource clock;

        VerifiedOnly(KnownCluster cluster, InstantSource clock) {
            this.cluster = cluster;
            this.clock = clock;
        }

        @Override
        protected void additionalConfig(HttpClient.Builder builder) {
            String name = cluster.serverName();
            SSLParameters parameters = new SSLParameters();
            if (new ServerAddress(name, 443).ip().isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            builder.sslContext(cluster.access().context(name, clock))
                    .sslParameters(parameters)
                    // Another server has not been verified.
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY);
        }
    }
}
