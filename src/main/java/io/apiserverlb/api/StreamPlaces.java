package io.apiserverlb.api;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The places of the clients that follow one thing: a few in all, and fewer for each address beyond loopback, so that one host does not take
 * them all.
 *
 * <p>Safe for use by any thread.
 */
final class StreamPlaces {
    /** Each has a thread of the web server's, of which there are many more. */
    static final int MOST = 16;

    static final int MOST_OF_AN_ADDRESS = 4;

    private final String subject;
    /** By address. */
    private final Map<String, Integer> taken = new HashMap<>();

    private int all;

    /** @param subject what they follow, in words */
    StreamPlaces(String subject) {
        this.subject = subject;
    }

    /**
     * Takes one for a client.
     *
     * @param ip as the web server writes it
     * @throws ProblemException if none is left
     */
    synchronized void take(String ip) {
        if (all >= MOST) {
            throw refusal(MOST + " clients follow " + subject + ", and no more can");
        }
        int same = taken.getOrDefault(ip, 0);
        if (same >= MOST_OF_AN_ADDRESS && !Values.caller(ip).isLoopbackAddress()) {
            throw refusal(same + " clients with this address follow " + subject + ", and no more of one address can");
        }
        taken.put(ip, same + 1);
        all++;
    }

    /** Gives one back that was taken. */
    synchronized void leave(String ip) {
        taken.computeIfPresent(ip, StreamPlaces::oneLess);
        all--;
    }

    private static @Nullable Integer oneLess(String ip, Integer count) {
        return count == 1 ? null : count - 1;
    }

    private static ProblemException refusal(String reason) {
        return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, reason);
    }
}
