package io.apiserverlb;

import io.apiserverlb.LbProperties.DiscoveryKind;
import io.apiserverlb.check.Checker;
import io.apiserverlb.discovery.AddressRules;
import io.apiserverlb.pool.Cidr;
import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.proxy.ClientRules;
import io.apiserverlb.proxy.ClosingRules;
import io.apiserverlb.proxy.Dialer;
import io.apiserverlb.proxy.Frontend;
import io.apiserverlb.proxy.ListenAddress;
import io.apiserverlb.proxy.Sessions;
import io.apiserverlb.proxy.SocketOptions;
import io.apiserverlb.proxy.ZeroServers;
import io.apiserverlb.tls.ClientTls;
import io.apiserverlb.tls.TlsSettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The properties in the terms of the rooms that use them; whoever has one has a configuration that can be started. */
record Blueprint(
        LbProperties properties,
        List<SeedUrl> seeds,
        List<ServerAddress> configured,
        Path stateFile,
        ServerPool.Settings pool,
        Frontend.Settings frontend,
        Dialer.Settings dialer,
        SocketOptions.Settings sockets,
        Sessions.Settings sessions,
        Checker.Settings checker,
        ClientTls.Settings tls,
        AddressRules discovered) {
    private static final int SERVER_PORT = 6443;
    /** Of one list of addresses or of ranges of addresses, the longest of which each new client is compared with. */
    private static final int MOST_VALUES = Membership.MOST_ADDRESSES;

    /**
     * Checks what a single value cannot tell.
     *
     * @param home where the state file is unless the configuration says where
     * @throws ConfigurationException for the first value that is not allowed
     */
    static Blueprint of(LbProperties properties, String nodeName, Path home) {
        LbProperties.Connect connect = properties.connect();
        LbProperties.Tcp tcp = properties.tcp();
        LbProperties.Check check = properties.check();
        LbProperties.Discovery discovery = properties.discovery();
        requireToken(discovery);
        Path stateFile = properties.stateFile();
        return new Blueprint(
                properties,
                each("lb.server-url", properties.serverUrl(), SeedUrl::parse),
                each("lb.server-addresses", properties.serverAddresses(), a -> ServerAddress.parse(a, SERVER_PORT)),
                stateFile == null ? home.resolve(".apiserver-lb").resolve(properties.name() + ".json") : stateFile,
                new ServerPool.Settings(
                        properties.policy(),
                        properties.prefer(),
                        new Health.Thresholds(check.rise(), check.fall(), check.softFall()),
                        properties.slowStart(),
                        discovery.forgetAfter(),
                        nodeName),
                new Frontend.Settings(
                        listen(properties),
                        properties.maxConnections(),
                        new ClientRules(
                                each("lb.clients.allow", properties.clients().allow(), Cidr::parse),
                                each("lb.clients.deny", properties.clients().deny(), Cidr::parse),
                                properties.maxConnectionsPerClient()),
                        properties.zeroServers()),
                new Dialer.Settings(
                        connect.timeout(),
                        connect.budget(),
                        connect.hedgeAfter(),
                        connect.handshakeHedgeAfter(),
                        properties.zeroServers()),
                new SocketOptions.Settings(
                        tcp.keepaliveIdle(), tcp.keepaliveInterval(), tcp.keepaliveCount(), tcp.userTimeout()),
                new Sessions.Settings(
                        properties.halfCloseTimeout(),
                        new ClosingRules(
                                properties.drainTimeout(),
                                properties.onDown(),
                                properties.onRemoved(),
                                properties.failBack()),
                        properties.sessionLog(),
                        new Sessions.Lifetime(properties.idleTimeout(), properties.maxSessionAge())),
                new Checker.Settings(
                        check.type(),
                        check.path(),
                        check.interval(),
                        check.fastInterval(),
                        check.downInterval(),
                        check.timeout(),
                        connect.handshakeHedgeAfter(),
                        check.jitter(),
                        check.reconnect(),
                        null),
                tls(check, discovery.kind() != DiscoveryKind.NONE),
                new AddressRules(
                        each("lb.discovery.allow", discovery.allow(), Cidr::parse),
                        each("lb.discovery.deny", discovery.deny(), Cidr::parse),
                        discovery.port()));
    }

    private static void requireToken(LbProperties.Discovery discovery) {
        if (discovery.kind() == DiscoveryKind.K3S && discovery.k3s().tokenFile() == null) {
            throw new ConfigurationException(
                    "lb.discovery.k3s.token-file: is missing, but needed with lb.discovery.kind=k3s");
        }
    }

    /** The supervisors of a cluster that has some. */
    SupervisorPorts supervisorPorts() {
        LbProperties.K3s k3s = properties.discovery().k3s();
        Integer port = properties.discovery().port();
        return new SupervisorPorts(k3s.program(), k3s.supervisorPort(), port == null ? SERVER_PORT : port);
    }

    private static List<ListenAddress> listen(LbProperties properties) {
        List<ListenAddress> addresses = each("lb.listen", properties.listen(), ListenAddress::parse);
        requireDifferent(addresses);
        for (ListenAddress address : addresses) {
            boolean free = address.sockets().stream().anyMatch(socket -> socket.getPort() == 0);
            if (free && properties.zeroServers() == ZeroServers.REFUSE) {
                throw ConfigurationException.of(
                        "lb.zero-servers",
                        "refuse",
                        "lb.listen must name a port for it, as " + address.text() + " could not be bound again");
            }
        }
        return addresses;
    }

    private static void requireDifferent(List<ListenAddress> addresses) {
        for (int i = 1; i < addresses.size(); i++) {
            ListenAddress address = addresses.get(i);
            for (ListenAddress before : addresses.subList(0, i)) {
                if (address.sockets().stream()
                        .anyMatch(one -> before.sockets().stream().anyMatch(other -> Collisions.between(one, other)))) {
                    throw ConfigurationException.of(
                            "lb.listen",
                            address.text(),
                            "it listens where " + before.text() + " does, which stands before it");
                }
            }
        }
    }

    /**
     * Makes sure that closing the listeners would refuse clients: one that another process has as well stays open.
     *
     * @param inherited whether there are listeners that somebody else has bound
     * @throws ConfigurationException if it would not
     */
    void refuseOnlyWhereAlone(boolean inherited) {
        if (properties.zeroServers() == ZeroServers.REFUSE && (inherited || properties.handover())) {
            throw ConfigurationException.of(
                    "lb.zero-servers",
                    "refuse",
                    "it needs listeners of this process alone: neither lb.handover nor sockets of systemd");
        }
    }

    private static ClientTls.Settings tls(LbProperties.Check check, boolean clusterCa) {
        try {
            return new ClientTls.Settings(
                    check.caFile(),
                    check.serverName(),
                    check.clientCertificate(),
                    check.clientKey(),
                    check.tokenFile(),
                    clusterCa);
        } catch (TlsSettingsException e) {
            throw explain(e);
        }
    }

    static ConfigurationException explain(TlsSettingsException failure) {
        return new ConfigurationException("lb.check." + failure.setting() + ": " + failure.getMessage());
    }

    private static <T> List<T> each(String property, List<String> texts, Function<String, T> parser) {
        if (texts.size() > MOST_VALUES) {
            throw ConfigurationException.of(property, texts.size() + " values", "at most " + MOST_VALUES + " are");
        }
        List<T> values = new ArrayList<>();
        for (String text : texts) {
            try {
                values.add(parser.apply(text));
            } catch (IllegalArgumentException e) {
                // A password that does not belong into a URL does not belong into a message, either.
                String shown = text.indexOf('@') < 0 ? text : "…";
                throw ConfigurationException.of(property, shown, String.valueOf(e.getMessage()));
            }
        }
        if (values.isEmpty() && property.equals("lb.listen")) {
            throw new ConfigurationException(property + ": at least one address is needed");
        }
        return List.copyOf(values);
    }
}
