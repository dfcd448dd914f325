package io.apiserverlb;

import io.apiserverlb.discovery.k3s.K3sDiscovery;
import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.Policy;
import io.apiserverlb.pool.Prefer;
import io.apiserverlb.proxy.ClosingRules;
import io.apiserverlb.proxy.ZeroServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The balancer's configuration: every property that begins with {@code lb.}.
 *
 * @param name of this balancer: in the state file's name, the metrics and the log
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
 */
@ConfigurationProperties("lb")
record LbProperties(
        @DefaultValue("apiserver") String name,
        @DefaultValue List<String> serverUrl,
        @DefaultValue List<String> serverAddresses,
        @DefaultValue("127.0.0.1:6444") List<String> listen,
        @Nullable Path stateFile,
        @DefaultValue("least-connections") Policy policy,
        @DefaultValue("none") Prefer prefer,
        @DefaultValue("10000") int maxConnections,
        @DefaultValue("0") int maxConnectionsPerClient,
        @DefaultValue("reset") ZeroServers zeroServers,
        @DefaultValue("0") Duration idleTimeout,
        @DefaultValue("1m") Duration halfCloseTimeout,
        @DefaultValue("0") Duration maxSessionAge,
        @DefaultValue("close") ClosingRules.OnDown onDown,
        @DefaultValue("drain") ClosingRules.OnRemoved onRemoved,
        @DefaultValue("paced") ClosingRules.FailBack failBack,
        @DefaultValue("30s") Duration drainTimeout,
        @DefaultValue("30s") Duration slowStart,
        @DefaultValue("true") boolean sessionLog,
        @DefaultValue Clients clients,
        @DefaultValue Connect connect,
        @DefaultValue Tcp tcp,
        @DefaultValue Check check,
        @DefaultValue Discovery discovery,
        @DefaultValue Admin admin,
        @DefaultValue Metrics metrics,
        @DefaultValue Shutdown shutdown) {

    LbProperties {
        Rule.name("lb.name", name);
        Rule.atLeast("lb.max-connections", maxConnections, 1);
        Rule.atLeast("lb.max-connections-per-client", maxConnectionsPerClient, 0);
        Rule.timeoutOrOff("lb.idle-timeout", idleTimeout);
        Rule.timeout("lb.half-close-timeout", halfCloseTimeout);
        Rule.timeoutOrOff("lb.max-session-age", maxSessionAge);
    }

    /**
     * Who may connect to a listener that other hosts can reach.
     *
     * @param allow address ranges; if there are any, only these
     * @param deny address ranges that may not, allowed or not
     */
    record Clients(
            @DefaultValue List<String> allow, @DefaultValue List<String> deny) {}

    /**
     * Connecting to servers.
     *
     * @param timeout of one attempt
     * @param budget of all attempts for one client
     * @param hedgeAfter an attempt that is silent for this long gets a rival on the next server; 0: never
     * @param handshakeHedgeAfter the same for a server that connected but does not answer a ClientHello; 0: never
     */
    record Connect(
            @DefaultValue("2s") Duration timeout,
            @DefaultValue("10s") Duration budget,
            @DefaultValue("250ms") Duration hedgeAfter,
            @DefaultValue("500ms") Duration handshakeHedgeAfter) {
        Connect {
            Rule.timeout("lb.connect.timeout", timeout);
            Rule.timeout("lb.connect.budget", budget);
            Rule.timeoutOrOff("lb.connect.hedge-after", hedgeAfter);
            Rule.timeoutOrOff("lb.connect.handshake-hedge-after", handshakeHedgeAfter);
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
    record Tcp(
            @DefaultValue("10s") Duration keepaliveIdle,
            @DefaultValue("5s") Duration keepaliveInterval,
            @DefaultValue("3") int keepaliveCount,
            @DefaultValue("20s") Duration userTimeout) {
        private static final int MAX_KEEPALIVE_COUNT = 127;
        /** The kernel counts it in milliseconds, in 31 bits. */
        private static final Duration LONGEST_USER_TIMEOUT = Duration.ofDays(24);

        Tcp {
            Rule.tcpSeconds("lb.tcp.keepalive-idle", keepaliveIdle);
            Rule.tcpSeconds("lb.tcp.keepalive-interval", keepaliveInterval);
            Rule.between("lb.tcp.keepalive-count", keepaliveCount, 1, MAX_KEEPALIVE_COUNT);
            Rule.timeoutOrOff("lb.tcp.user-timeout", userTimeout);
            Rule.atMost("lb.tcp.user-timeout", userTimeout, LONGEST_USER_TIMEOUT);
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
            @DefaultValue("https") CheckResult.Type type,
            @DefaultValue("/readyz") String path,
            @Nullable Path caFile,
            @Nullable String serverName,
            @Nullable Path clientCertificate,
            @Nullable Path clientKey,
            @Nullable Path tokenFile,
            @DefaultValue("3s") Duration interval,
            @DefaultValue("1s") Duration fastInterval,
            @DefaultValue("2s") Duration downInterval,
            @DefaultValue("1500ms") Duration timeout,
            @DefaultValue("0.1") double jitter,
            @DefaultValue("2") int rise,
            @DefaultValue("3") int fall,
            @DefaultValue("1") int softFall,
            @DefaultValue("60s") Duration reconnect) {
        private static final double MAX_JITTER = 0.5;

        Check {
            Rule.path("lb.check.path", path);
            Rule.interval("lb.check.interval", interval);
            Rule.interval("lb.check.fast-interval", fastInterval);
            Rule.interval("lb.check.down-interval", downInterval);
            Rule.timeout("lb.check.timeout", timeout);
            Rule.between("lb.check.jitter", jitter, 0, MAX_JITTER);
            Rule.atLeast("lb.check.rise", rise, 1);
            Rule.atLeast("lb.check.fall", fall, 1);
            Rule.atLeast("lb.check.soft-fall", softFall, 1);
            Rule.timeout("lb.check.reconnect", reconnect);
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
            @DefaultValue("none") DiscoveryKind kind,
            @DefaultValue("3s") Duration debounce,
            @DefaultValue("10m") Duration forgetAfter,
            @DefaultValue List<String> allow,
            @DefaultValue List<String> deny,
            @Nullable Integer port,
            @DefaultValue("30s") Duration dnsRefresh,
            @Nullable Path kubeconfig,
            @Nullable String context,
            @DefaultValue K3s k3s) {
        Discovery {
            Rule.port("lb.discovery.port", port);
            Rule.interval("lb.discovery.dns-refresh", dnsRefresh);
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
            @DefaultValue("k3s") K3sDiscovery.Program program,
            @Nullable Integer supervisorPort) {
        K3s {
            Rule.port("lb.discovery.k3s.supervisor-port", supervisorPort);
        }
    }

    /**
     * Who may change things.
     *
     * @param tokenFile bearer token for changing calls
     */
    record Admin(@Nullable Path tokenFile) {}

    /**
     * Metrics.
     *
     * @param k3sNames whether k3s' metric names are shown as well
     */
    record Metrics(@DefaultValue("false") boolean k3sNames) {}

    /**
     * Stopping.
     *
     * @param grace how long new clients are still served
     * @param drain over which sessions are closed after that
     */
    record Shutdown(
            @DefaultValue("0s") Duration grace,
            @DefaultValue("20s") Duration drain) {}
}
