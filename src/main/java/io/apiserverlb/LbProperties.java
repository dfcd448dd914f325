package io.apiserverlb;

import io.apiserverlb.discovery.k3s.K3sDiscovery;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.proxy.ClosingRules;
import io.apiserverlb.proxy.ZeroServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The balancer's configuration: every property that begins with {@code lb.}.
 *
 * @param name of this balancer: in the state file's name, the metrics and the log
 * @param instance by which a probe tells this process from another of the same name; empty if it has none
 * @param serverUrl registration URLs: seeds and last resort
 * @param serverAddresses the configured list, {@code host:port}
 * @param listen where clients connect, {@code address:port}
 * @param stateFile where the list is kept; by default in the home directory
 * @param policy how a server is chosen among the usable ones
 * @param prefer which usable servers come first
 * @param maxConnections sessions at a time; beyond it clients wait
 * @param maxConnectionsPerClient sessions of one client address at a time; 0: as many as it likes
 * @param zeroServers what a client gets when no server can be connected to
 * @param idleTimeout of a session on which nothing moves; 0: none
 * @param halfCloseTimeout how long a half-closed session may live
 * @param maxSessionAge of a session, each up to a tenth more or less; 0: none
 * @param onDown what becomes of the sessions of a server that is down
 * @param failBack what becomes of the sessions of a seed when a primary is usable again
 * @param onRemoved what becomes of the sessions of a removed server
 * @param drainTimeout over which sessions are closed that must leave a server
 * @param slowStart over which a server that came back grows to its full weight
 * @param sessionLog whether each ended session is logged
 * @param handover whether to take over from a process of the same name, and to hand over to the next
 */
@ConfigurationProperties("lb")
record LbProperties(
        String name,
        String instance,
        List<String> serverUrl,
        List<String> serverAddresses,
        List<String> listen,
        @Nullable Path stateFile,
        Policy policy,
        Prefer prefer,
        int maxConnections,
        int maxConnectionsPerClient,
        ZeroServers zeroServers,
        Duration idleTimeout,
        Duration halfCloseTimeout,
        Duration maxSessionAge,
        ClosingRules.OnDown onDown,
        ClosingRules.OnRemoved onRemoved,
        ClosingRules.FailBack failBack,
        Duration drainTimeout,
        Duration slowStart,
        boolean sessionLog,
        boolean handover,
        Clients clients,
        Connect connect,
        Tcp tcp,
        Check check,
        Discovery discovery,
        Admin admin,
        Metrics metrics,
        Shutdown shutdown) {

    LbProperties {
        Rule.name("lb.name", name);
        Rule.atLeast("lb.max-connections", maxConnections, 1);
        Rule.atLeast("lb.max-connections-per-client", maxConnectionsPerClient, 0);
    }

    static LbProperties of(Section values) {
        return new LbProperties(
                values.text("name", "apiserver"),
                values.text("instance", ""),
                values.list("server-url"),
                values.list("server-addresses"),
                values.list("listen", "127.0.0.1:6444"),
                values.path("state-file"),
                values.choice("policy", Policy.LEAST_CONNECTIONS),
                values.choice("prefer", Prefer.NONE),
                values.integer("max-connections", 10000),
                values.integer("max-connections-per-client", 0),
                values.choice("zero-servers", ZeroServers.RESET),
                values.duration("idle-timeout", "0", DurationRule.TIMEOUT_OR_OFF),
                values.duration("half-close-timeout", "1m", DurationRule.TIMEOUT),
                values.duration("max-session-age", "0", DurationRule.TIMEOUT_OR_OFF),
                values.choice("on-down", ClosingRules.OnDown.CLOSE),
                values.choice("on-removed", ClosingRules.OnRemoved.DRAIN),
                values.choice("fail-back", ClosingRules.FailBack.PACED),
                values.duration("drain-timeout", "30s", DurationRule.TIMEOUT_OR_ZERO),
                values.duration("slow-start", "30s"),
                values.flag("session-log", true),
                values.flag("handover", false),
                Clients.of(values.section("clients")),
                Connect.of(values.section("connect")),
                Tcp.of(values.section("tcp")),
                Check.of(values.section("check")),
                Discovery.of(values.section("discovery")),
                Admin.of(values.section("admin")),
                Metrics.of(values.section("metrics")),
                Shutdown.of(values.section("shutdown")));
    }

    /**
     * Who may connect to a listener that other hosts can reach.
     *
     * @param allow address ranges; if there are any, only these
     * @param deny address ranges that may not, allowed or not
     */
    record Clients(List<String> allow, List<String> deny) {
        static Clients of(Section values) {
            return new Clients(values.list("allow"), values.list("deny"));
        }
    }

    /**
     * Connecting to servers.
     *
     * @param timeout of one attempt
     * @param budget of all attempts for one client
     * @param hedgeAfter an attempt that is silent for this long gets a rival on the next server; 0: never
     * @param handshakeHedgeAfter the same for a server that connected but does not answer a ClientHello; 0: never
     */
    record Connect(Duration timeout, Duration budget, Duration hedgeAfter, Duration handshakeHedgeAfter) {
        static Connect of(Section values) {
            return new Connect(
                    values.duration("timeout", "2s", DurationRule.TIMEOUT),
                    values.duration("budget", "10s", DurationRule.TIMEOUT),
                    values.duration("hedge-after", "250ms", DurationRule.TIMEOUT_OR_OFF),
                    values.duration("handshake-hedge-after", "500ms", DurationRule.TIMEOUT_OR_OFF));
        }
    }

    /**
     * Noticing vanished peers, on both legs.
     *
     * @param keepaliveIdle silence before the first keep-alive probe; whole seconds
     * @param keepaliveInterval time between probes; whole seconds
     * @param keepaliveCount unanswered probes that end a session
     * @param userTimeout how long sent bytes may stay unacknowledged; 0: as long as the kernel tries
     */
    record Tcp(Duration keepaliveIdle, Duration keepaliveInterval, int keepaliveCount, Duration userTimeout) {
        private static final int MAX_KEEPALIVE_COUNT = 127;
        /** The kernel counts it in milliseconds, in 31 bits. */
        private static final Duration LONGEST_USER_TIMEOUT = Duration.ofDays(24);

        Tcp {
            Rule.between("lb.tcp.keepalive-count", keepaliveCount, 1, MAX_KEEPALIVE_COUNT);
        }

        static Tcp of(Section values) {
            return new Tcp(
                    values.duration("keepalive-idle", "10s", DurationRule.TCP_SECONDS),
                    values.duration("keepalive-interval", "5s", DurationRule.TCP_SECONDS),
                    values.integer("keepalive-count", 3),
                    values.duration(
                            "user-timeout",
                            "20s",
                            DurationRule.TIMEOUT_OR_OFF,
                            DurationRule.atMost(LONGEST_USER_TIMEOUT)));
        }
    }

    /**
     * Health checks.
     *
     * @param type how far a check goes
     * @param path asked by https checks
     * @param caFile PEM certificates that servers are verified by
     * @param serverName name expected in the servers' certificates and sent as SNI
     * @param clientCertificate PEM certificate that the check shows
     * @param clientKey its PEM key
     * @param tokenFile bearer token that the check sends
     * @param interval between checks of a server that is well
     * @param fastInterval while in doubt
     * @param downInterval while down
     * @param timeout of a whole check
     * @param jitter share by which intervals vary
     * @param rise consecutive passes that bring a server up
     * @param fall consecutive hard failures that bring it down
     * @param softFall soft failures before it is stopping
     * @param reconnect how long a check keeps its connection
     */
    record Check(
            CheckResult.Type type,
            String path,
            @Nullable Path caFile,
            @Nullable String serverName,
            @Nullable Path clientCertificate,
            @Nullable Path clientKey,
            @Nullable Path tokenFile,
            Duration interval,
            Duration fastInterval,
            Duration downInterval,
            Duration timeout,
            double jitter,
            int rise,
            int fall,
            int softFall,
            Duration reconnect) {
        private static final double MAX_JITTER = 0.5;

        Check {
            Rule.path("lb.check.path", path);
            Rule.between("lb.check.jitter", jitter, 0, MAX_JITTER);
            Rule.atLeast("lb.check.rise", rise, 1);
            Rule.atLeast("lb.check.fall", fall, 1);
            Rule.atLeast("lb.check.soft-fall", softFall, 1);
        }

        static Check of(Section values) {
            return new Check(
                    values.choice("type", CheckResult.Type.HTTPS),
                    values.text("path", "/readyz"),
                    values.path("ca-file"),
                    values.text("server-name"),
                    values.path("client-certificate"),
                    values.path("client-key"),
                    values.path("token-file"),
                    values.duration("interval", "3s", DurationRule.INTERVAL),
                    values.duration("fast-interval", "1s", DurationRule.INTERVAL),
                    values.duration("down-interval", "2s", DurationRule.INTERVAL),
                    values.duration("timeout", "1500ms", DurationRule.TIMEOUT),
                    values.number("jitter", 0.1),
                    values.integer("rise", 2),
                    values.integer("fall", 3),
                    values.integer("soft-fall", 1),
                    values.duration("reconnect", "60s", DurationRule.TIMEOUT_OR_ZERO));
        }
    }

    /** Who names the servers. */
    enum DiscoveryKind {
        /** The operator. */
        NONE,
        /** The endpoints of the service {@code kubernetes}. */
        KUBERNETES,
        /** The supervisors of k3s and RKE2. */
        K3S
    }

    /**
     * Finding servers.
     *
     * @param kind who names the servers
     * @param debounce how long a list must stand before it is taken
     * @param forgetAfter how long a server that is no longer named is kept, without new sessions
     * @param allow address ranges; if there are any, a server must be in one of them
     * @param deny address ranges in which no server may be, allowed or not
     * @param port in the place of the one that the cluster names; null: that one
     * @param dnsRefresh how often host names are resolved
     * @param kubeconfig with the credentials for {@code kubernetes}; null: where kubectl would look, and in a pod its service account
     * @param context of that file; null: its current one
     * @param k3s what {@code k3s} needs
     */
    record Discovery(
            DiscoveryKind kind,
            Duration debounce,
            Duration forgetAfter,
            List<String> allow,
            List<String> deny,
            @Nullable Integer port,
            Duration dnsRefresh,
            @Nullable Path kubeconfig,
            @Nullable String context,
            K3s k3s) {
        Discovery {
            Rule.port("lb.discovery.port", port);
        }

        static Discovery of(Section values) {
            return new Discovery(
                    values.choice("kind", DiscoveryKind.NONE),
                    values.duration("debounce", "3s"),
                    values.duration("forget-after", "10m"),
                    values.list("allow"),
                    values.list("deny"),
                    values.integer("port"),
                    values.duration("dns-refresh", "30s", DurationRule.INTERVAL),
                    values.path("kubeconfig"),
                    values.text("context"),
                    K3s.of(values.section("k3s")));
        }
    }

    /**
     * Asking supervisors.
     *
     * @param tokenFile the token that nodes join the cluster with
     * @param program whose supervisors they are
     * @param supervisorPort where they listen; null: on the port of the registration URL
     */
    record K3s(
            @Nullable Path tokenFile,
            K3sDiscovery.Program program,
            @Nullable Integer supervisorPort) {
        K3s {
            Rule.port("lb.discovery.k3s.supervisor-port", supervisorPort);
        }

        static K3s of(Section values) {
            return new K3s(
                    values.path("token-file"),
                    values.choice("program", K3sDiscovery.Program.K3S),
                    values.integer("supervisor-port"));
        }
    }

    /**
     * Who may change things.
     *
     * @param tokenFile bearer tokens for changing calls
     * @param kubernetesAuth whether the cluster is asked who callers are and what they may do
     * @param clientNames common names of client certificates for changing calls
     * @param hostNames further names of a management API on loopback, in the form of {@link ServerAddress#host()}
     */
    record Admin(@Nullable Path tokenFile, boolean kubernetesAuth, List<String> clientNames, List<String> hostNames) {
        Admin {
            clientNames = List.copyOf(clientNames);
            hostNames = List.copyOf(hostNames);
        }

        static Admin of(Section values) {
            String tokenFile = values.text("token-file");
            if (tokenFile != null && tokenFile.isBlank()) { // else everybody on the host could change the list unawares
                throw ConfigurationException.of(
                        "lb.admin.token-file", tokenFile, "it must name a file; without a token leave it out");
            }
            return new Admin(
                    values.path("token-file"),
                    values.flag("kubernetes-auth", false),
                    values.list("client-names"),
                    values.list("host-names").stream().map(Admin::hostName).toList());
        }

        private static String hostName(String text) {
            try {
                return new ServerAddress(text, 1).host();
            } catch (InvalidAddressException e) {
                throw ConfigurationException.of(
                        "lb.admin.host-names", text, "it must be a name as a Host header has it, without a port");
            }
        }
    }

    /**
     * Metrics.
     *
     * @param k3sNames whether k3s' metric names are shown as well
     */
    record Metrics(boolean k3sNames) {
        static Metrics of(Section values) {
            return new Metrics(values.flag("k3s-names", false));
        }
    }

    /**
     * Stopping.
     *
     * @param grace how long new clients are still served
     * @param drain over which sessions are closed after that
     */
    record Shutdown(Duration grace, Duration drain) {
        static Shutdown of(Section values) {
            return new Shutdown(values.duration("grace", "0s"), values.duration("drain", "20s"));
        }
    }
}
