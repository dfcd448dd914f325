package io.apiserverlb;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.apiserverlb.actuate.Liveness;
import io.apiserverlb.api.ClusterReviews;
import io.apiserverlb.pool.DiscoveryStatus;
import io.apiserverlb.pool.Events;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionControl;
import io.apiserverlb.proxy.InheritedListeners;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The balancer without its web side, in the process of a test, wired as the product wires it and on a free port. */
public final class RunningBalancer implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final LoadBalancer balancer;
    private final SessionLines sessionLines;

    private RunningBalancer(LoadBalancer balancer, SessionLines sessionLines) {
        this.balancer = balancer;
        this.sessionLines = sessionLines;
    }

    /**
     * Starts one.
     *
     * @param properties of the product, {@code lb.server-addresses} and the like; those not given have their defaults
     * @param home where its state file is unless the properties say where
     */
    public static RunningBalancer start(Map<String, String> properties, Path home) {
        String name = "balancer-" + COUNT.incrementAndGet();
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("port", Map.of("lb.listen", "127.0.0.1:0", "lb.name", name)));
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.copyOf(properties)));
        LbProperties all = new PropertiesLoader(environment).load();
        SessionLines lines = SessionLines.of(all.name());
        LoadBalancer balancer = new LoadBalancer(Blueprint.of(all, "node", home), "node", Optional.empty());
        balancer.start(InheritedListeners.NONE, false);
        return new RunningBalancer(balancer, lines);
    }

    /** Of the first listener. */
    public int port() {
        return balancer.sessions().listeners().get(0).getPort();
    }

    public ServerPool pool() {
        return balancer.pool();
    }

    Liveness liveness() {
        return new BalancerBeans().liveness(balancer);
    }

    public Events events() {
        return balancer.events();
    }

    public SessionControl sessionControl() {
        return balancer.sessionControl();
    }

    /** Of all that it listens on, for clients and for itself. */
    public List<Integer> ownPorts() {
        return Stream.concat(balancer.addresses().stream(), balancer.gateway().address().stream())
                .map(InetSocketAddress::getPort)
                .toList();
    }

    /** What asks the cluster about callers, which has to be switched on. */
    public ClusterReviews reviews() {
        return new Reviews(balancer.gateway().reviews().orElseThrow());
    }

    public DiscoveryStatus discoveryStatus() {
        return balancer.discovery().status();
    }

    public void refreshDiscovery() {
        balancer.discovery().refresh();
    }

    /** The session log's lines so far. */
    public List<String> sessionLog() {
        return List.copyOf(sessionLines.lines);
    }

    /** Stops it as SIGTERM does, but for the grace. */
    @Override
    public void close() {
        balancer.stop();
        sessionLines.stop();
    }

    /** Keeps the session log of one balancer, which would drown a test's own output. */
    private static final class SessionLines extends AppenderBase<ILoggingEvent> {
        private final String mark;
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        private SessionLines(String balancer) {
            this.mark = " " + balancer + "/";
        }

        static SessionLines of(String balancer) {
            LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
            Logger sessions = context.getLogger("apiserver-lb.session");
            sessions.setAdditive(false);
            SessionLines lines = new SessionLines(balancer);
            lines.setContext(context);
            lines.start();
            sessions.addAppender(lines);
            return lines;
        }

        @Override
        protected void append(ILoggingEvent event) {
            String line = event.getFormattedMessage();
            if (line.contains(mark)) {
                lines.add(line);
            }
        }

        @Override
        public void stop() {
            super.stop();
            ((LoggerContext) LoggerFactory.getILoggerFactory())
                    .getLogger("apiserver-lb.session")
                    .detachAppender(this);
        }
    }
}
