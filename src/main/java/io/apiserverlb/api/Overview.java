package io.apiserverlb.api;

import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.SessionView;
import org.springframework.stereotype.Component;

/** Sums the balancer up as it is at the moment. */
@Component
final class Overview {
    private final Balancer balancer;
    private final SessionView sessions;
    private final ProductVersion version;

    Overview(Balancer balancer, SessionView sessions, ProductVersion version) {
        this.balancer = balancer;
        this.sessions = sessions;
        this.version = version;
    }

    SummaryView of(ServerList list) {
        return SummaryView.from(balancer, version.toString(), list, sessions);
    }
}
