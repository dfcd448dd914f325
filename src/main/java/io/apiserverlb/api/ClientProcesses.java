package io.apiserverlb.api;

import io.apiserverlb.api.ConnectionView.ClientProcess;
import io.apiserverlb.api.SocketOwners.Connection;
import io.apiserverlb.pool.SessionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Tells which processes of this host are the clients of sessions.
 *
 * <p>They are looked for once for each session, by one thread, and nobody waits for it longer than he likes: what is found too late for one
 * question is known at the next. Safe for use by any thread.
 */
@Component
final class ClientProcesses implements DisposableBean {
    private static final int KEPT = 4_000;
    private static final int MOST_WAITING = 4;
    private static final int THREAD_SECONDS = 10;

    private final Function<Collection<Connection>, Map<Connection, ClientProcess>> finder;
    private final Map<String, Optional<ClientProcess>> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<ClientProcess>> eldest) {
            return size() > KEPT;
        }
    };
    private final ThreadPoolExecutor executor;

    @Autowired
    ClientProcesses() {
        this(new SocketOwners(Path.of("/proc"), ProcessHandle.current().pid())::find);
    }

    ClientProcesses(Function<Collection<Connection>, Map<Connection, ClientProcess>> finder) {
        this.finder = finder;
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                THREAD_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                ClientProcesses::thread);
        executor.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "lb-processes");
        thread.setDaemon(true);
        return thread;
    }

    /** The processes of those sessions whose is known, or is found within some time, by the ids of the sessions. */
    Map<String, ClientProcess> of(List<SessionInfo> sessions, Duration patience) {
        if (!unknown(sessions).isEmpty()) {
            try {
                Future<?> search = executor.submit(() -> search(sessions));
                search.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException | TimeoutException e) {
                // the next question may have them
            } catch (ExecutionException e) {
                throw new IllegalStateException("looking for the clients' processes failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return found(sessions);
    }

    private synchronized Map<String, Connection> unknown(List<SessionInfo> sessions) {
        Map<String, Connection> unknown = new HashMap<>();
        for (SessionInfo session : sessions) {
            Connection connection = new Connection(session.client(), session.listener());
            if (session.caller() == null && !known.containsKey(session.id()) && SocketOwners.mayBeLocal(connection)) {
                unknown.put(session.id(), connection);
            }
        }
        return unknown;
    }

    private void search(List<SessionInfo> sessions) {
        Map<String, Connection> wanted = unknown(sessions); // again, since another search may have been before this one
        Map<Connection, ClientProcess> processes = wanted.isEmpty() ? Map.of() : finder.apply(wanted.values());
        synchronized (this) {
            wanted.forEach((id, connection) -> known.put(id, Optional.ofNullable(processes.get(connection))));
        }
    }

    private synchronized Map<String, ClientProcess> found(List<SessionInfo> sessions) {
        Map<String, ClientProcess> found = new HashMap<>();
        for (SessionInfo session : sessions) {
            known.getOrDefault(session.id(), Optional.empty()).ifPresent(process -> found.put(session.id(), process));
        }
        return found;
    }

    @Override
    public void destroy() {
        executor.shutdownNow();
    }
}
