package io.apiserverlb.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How often a client may try credentials that turn out wrong: ten times at once, and once more every five seconds.
 *
 * <p>Counted for each IPv4 address, for each IPv6 network of 64 bits, of which a host has all addresses, and for all of loopback together. A try
 * is counted before it is looked at, so that many at a time are no way around. Safe for use by any thread.
 */
@Component
final class LoginLimit {
    static final int BURST = 10;
    static final Duration REFILL = Duration.ofSeconds(5);

    private static final int MOST_CLIENTS = 1_000;
    private static final int IPV6_NETWORK_BYTES = 8;

    private final LongSupplier nanoTime;
    /** When all tries of a client are there again; the client that tried longest ago first. */
    private final Map<String, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_CLIENTS;
        }
    };

    @Autowired
    LoginLimit() {
        this(System::nanoTime);
    }

    LoginLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Takes a try.
     *
     * @return how long to wait for one; zero if there was one, and it is taken
     */
    synchronized Duration take(String ip) {
        String client = client(ip);
        long now = nanoTime.getAsLong();
        long full = Math.max(0, fullAt.getOrDefault(client, now) - now);
        long wait = full - (BURST - 1) * REFILL.toNanos();
        if (wait > 0) {
            return Duration.ofNanos(wait);
        }
        fullAt.put(client, now + full + REFILL.toNanos());
        return Duration.ZERO;
    }

    /** Gives one back that was right. */
    synchronized void giveBack(String ip) {
        fullAt.computeIfPresent(client(ip), (client, full) -> full - REFILL.toNanos());
    }

    private static String client(String ip) {
        InetAddress address = Values.caller(ip);
        if (address.isLoopbackAddress()) {
            return "loopback";
        }
        return address instanceof Inet6Address
                ? Arrays.toString(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES))
                : ip;
    }
}
