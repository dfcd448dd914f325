package io.apiserverlb.actuate;

import io.apiserverlb.pool.CheckResult;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Server;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerList;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.ServerState;
import io.apiserverlb.pool.TrafficListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The series of all servers: they come with a server's record, and go when it is forgotten and its last session has ended.
 *
 * <p>Meters are registered and removed by one thread, which the executor provides; what happens on sessions and in checks is counted
 * where it happens.
 */
final class ServerMetrics implements TrafficListener {
    /** Servers with series of their own: each takes 40 KiB of the heap, and 8 KiB of each scrape. */
    static final int MOST = 256;

    private static final Logger LOG = LoggerFactory.getLogger(ServerMetrics.class);

    private final MeterRegistry registry;
    private final MetricsSettings settings;
    private final ServerPool pool;
    private final Executor executor;

    /** Changed by the executor's thread alone. */
    private final Map<ServerAddress, ServerSeries> servers = new ConcurrentHashMap<>();

    /** Told once: a list does not become that long by chance. */
    private boolean full;

    /** @param executor runs one task at a time, in order; refuses none */
    ServerMetrics(MeterRegistry registry, MetricsSettings settings, ServerPool pool, Executor executor) {
        this.registry = registry;
        this.settings = settings;
        this.pool = pool;
        this.executor = executor;
        pool.subscribe((TrafficListener) this);
        if (settings.k3sNames()) {
            pool.subscribe((TrafficListener) new K3sDialMetrics(registry, settings));
        }
        pool.subscribe((ServerList list) -> executor.execute(() -> follow(list)));
    }

    /** Those that are over end first: there is room for as many of the new ones. */
    private void follow(ServerList list) {
        servers.keySet().forEach(this::endIfOver);
        list.servers().forEach(this::follow);
    }

    private void follow(Server server) {
        ServerSeries series = servers.get(server.address());
        if (series == null && servers.size() < MOST) {
            series = begin(server.address());
            servers.put(server.address(), series);
        }
        if (series != null) {
            series.follow(server);
        } else if (!full) {
            full = true;
            LOG.warn("servers beyond the first {} have no series of their own", MOST);
        }
    }

    private ServerSeries begin(ServerAddress address) {
        return new ServerSeries(registry, settings, address, pool::list);
    }

    private void endIfOver(ServerAddress address) {
        ServerSeries series = servers.get(address);
        if (series != null && series.over()) {
            servers.remove(address);
            series.remove();
        }
    }

    @Override
    public void connected(ServerAddress server, long nanos) {
        count(server, traffic -> traffic.connected(nanos));
    }

    @Override
    public void failedToConnect(ServerAddress server, ConnectFailure reason, long nanos) {
        count(server, traffic -> traffic.failedToConnect(reason));
        sessionLeft(server);
    }

    @Override
    public void sessionEnded(ServerAddress server, CloseReason reason, long nanos) {
        count(server, traffic -> traffic.sessionEnded(reason, nanos));
        sessionLeft(server);
    }

    @Override
    public void checked(ServerAddress server, CheckResult result) {
        count(server, traffic -> traffic.checked(result));
    }

    @Override
    public void changedState(ServerAddress server, ServerState from, ServerState to) {
        executor.execute(() -> {
            ServerSeries series = find(server);
            if (series != null) {
                series.changedState(from, to);
            }
        });
    }

    private void count(ServerAddress server, Consumer<TrafficSeries> event) {
        ServerSeries series = servers.get(server);
        if (series != null) {
            event.accept(series.traffic());
            return;
        }
        // So new that its series are not there yet: sessions may begin as soon as the list is published.
        executor.execute(() -> {
            ServerSeries late = find(server);
            if (late != null) {
                event.accept(late.traffic());
            }
        });
    }

    /** The series of a server, or null if there are none any more: what comes after the end is not shown. */
    private @Nullable ServerSeries find(ServerAddress address) {
        pool.list().find(address).ifPresent(this::follow);
        return servers.get(address);
    }

    private void sessionLeft(ServerAddress server) {
        if (pool.list().find(server).isEmpty()) {
            executor.execute(() -> endIfOver(server));
        }
    }
}
