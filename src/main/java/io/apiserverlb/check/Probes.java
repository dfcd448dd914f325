package io.apiserverlb.check;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import java.util.concurrent.Executor;

/**
 * Makes what checks a server, as the settings say.
 *
 * @param prototype connects on the event loop
 * @param files reads the files of {@code tls}
 */
record Probes(
        Checker.Settings settings, Bootstrap prototype, ClientTls tls, Executor files, Surroundings surroundings) {

    Probe of(ServerAddress server) {
        return switch (settings.type()) {
            case TCP -> new TcpCheck(new Connector(prototype, server));
            case TLS -> new TlsCheck(tlsConnector(server));
            case HTTPS -> httpsCheck(server);
        };
    }

    private HttpsCheck httpsCheck(ServerAddress server) {
        Supervisor supervisor = settings.supervisor();
        if (supervisor == null) {
            return HttpsCheck.ofApiServer(settings, tlsConnector(server), server, surroundings, null);
        }
        Integer port = supervisor.port();
        HttpsCheck onOtherPort = null;
        if (port != null && port != server.port()) {
            ServerAddress other = new ServerAddress(server.host(), port);
            onOtherPort = HttpsCheck.ofSupervisor(settings, tlsConnector(other), other, surroundings, supervisor);
        }
        SupervisorCheck check = new SupervisorCheck(supervisor, onOtherPort, surroundings);
        return HttpsCheck.ofApiServer(settings, tlsConnector(server), server, surroundings, check);
    }

    private TlsConnector tlsConnector(ServerAddress server) {
        return new TlsConnector(new Connector(prototype, server), tls, files, surroundings.loop(), server);
    }
}
