package io.apiserverlb.api;

import io.apiserverlb.pool.CertificateWarnings;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerList;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import org.springframework.stereotype.Component;

/** Shows servers as of now. */
@Component
final class ServerViews {
    private final CertificateWarnings warnings;
    private final InstantSource clock;

    ServerViews(CertificateWarnings warnings, InstantSource clock) {
        this.warnings = warnings;
        this.clock = clock;
    }

    ListView of(ServerList list) {
        return ListView.from(list, of(list.servers()));
    }

    List<ServerView> of(Collection<Server> servers) {
        return servers.stream().map(this::of).toList();
    }

    private ServerView of(Server server) {
        return ServerView.from(server, warnings.of(server, clock.instant()));
    }
}
