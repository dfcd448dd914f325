package io.apiserverlb.discovery.k3s;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, one after the other, each on a connection of its own and bounded in time and in the size of its answer.
 *
 * <p>They run on threads {@code lb-discovery-http-n}, since nothing but leaving one behind helps against a name server that is silent; a thread
 * ends when it has had nothing to do for some seconds.
 */
final class Requests implements AutoCloseable {
    private static final Duration IDLE_THREAD = Duration.ofSeconds(5);

    private final Duration connectTimeout;
    private final ThreadPoolExecutor threads;
    private volatile @Nullable Exchange current;
    private volatile boolean closed;

    /** @param connectTimeout for TCP alone */
    Requests(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD.toNanos(), TimeUnit.NANOSECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "lb-discovery-http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Waits for the answer; for one caller at a time.
     *
     * @param trust which servers to connect to
     */
    HttpAnswer get(SSLContext trust, URI uri, @Nullable String authorization, Deadline deadline)
            throws SupervisorException {
        Exchange exchange = new Exchange(trust, uri, authorization, connectTimeout);
        current = exchange;
        if (closed) {
            throw new SupervisorException("was not waited for");
        }
        try {
            Future<HttpAnswer> answer = threads.submit(exchange);
            return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw closed ? new SupervisorException("was not waited for") : failure(e);
        } catch (TimeoutException e) {
            throw new SupervisorException("has not answered in time");
        } catch (RejectedExecutionException e) {
            throw new SupervisorException("was not waited for");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SupervisorException("was not waited for");
        } finally {
            exchange.close();
            current = null;
        }
    }

    private static SupervisorException failure(ExecutionException e) {
        CertificateException refused = cause(e, CertificateException.class);
        if (refused != null) {
            return new SupervisorException(
                    SupervisorException.Kind.UNTRUSTED, "is not trusted: " + refused.getMessage());
        }
        Throwable problem = e.getCause();
        if (problem instanceof Exchange.TooLargeException) {
            return new SupervisorException("gives an answer larger than 1 MiB");
        }
        if (problem instanceof UnknownHostException) {
            return new SupervisorException("has a name that cannot be resolved");
        }
        if (problem instanceof ConnectException || problem instanceof NoRouteToHostException) {
            return new SupervisorException("cannot be connected to: " + problem.getMessage());
        }
        if (problem instanceof SocketTimeoutException) {
            // The only time-out that sockets are given; all else is waited for with the deadline.
            return new SupervisorException("does not accept a connection in time");
        }
        if (problem instanceof SSLException) {
            return new SupervisorException("fails at TLS: " + problem.getMessage());
        }
        if (problem instanceof ProtocolException) {
            return new SupervisorException("does not answer in HTTP");
        }
        if (problem instanceof IOException) {
            return new SupervisorException("closes the connection before the end of its answer");
        }
        // Its text is unknown and could show a secret.
        return new SupervisorException(
                "cannot be asked: " + (problem == null ? e : problem).getClass().getSimpleName());
    }

    private static <T extends Throwable> @Nullable T cause(Throwable problem, Class<T> type) {
        for (Throwable at = problem; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the request that is on its way, and lets no other be sent. May be called by any thread. */
    @Override
    public void close() {
        closed = true;
        Exchange exchange = current;
        if (exchange != null) {
            exchange.close();
        }
        threads.shutdown();
    }
}
