package io.apiserverlb.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What came to one server so far. Written by its event loop, read by any thread. */
final class DemoTraffic {
    private final AtomicLong connections = new AtomicLong();
    private final Map<String, Long> requests = new ConcurrentHashMap<>();
    private volatile boolean clientCertificateSeen;
    private volatile boolean authorizationSeen;

    void connection() {
        connections.incrementAndGet();
    }

    void request(String path, boolean clientCertificate, boolean authorization) {
        clientCertificateSeen = clientCertificate;
        authorizationSeen = authorization;
        requests.merge(path, 1L, Long::sum);
    }

    long connections() {
        return connections.get();
    }

    long requests(String path) {
        return requests.getOrDefault(path, 0L);
    }

    boolean clientCertificateSeen() {
        return clientCertificateSeen;
    }

    boolean authorizationSeen() {
        return authorizationSeen;
    }
}
