package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.Membership;
import io.apiserverlb.pool.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API servers that a supervisor names.
 *
 * @param unreadable why some of what it names is no server, in words
 */
record NamedServers(List<ServerAddress> servers, List<String> unreadable) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int HTTPS_PORT = 443;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    static NamedServers read(HttpAnswer answer) throws SupervisorException {
        if (answer.status() != 200) {
            throw refusal(answer);
        }
        JsonNode array = json(answer.body());
        if (array == null || !array.isArray()) {
            throw new SupervisorException("gives an answer that is no list of addresses");
        }
        if (array.size() > Membership.MOST_ADDRESSES) {
            throw new SupervisorException("names more than " + Membership.MOST_ADDRESSES + " servers");
        }
        List<ServerAddress> servers = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (JsonNode element : array) {
            if (!element.isString()) {
                throw new SupervisorException("gives an answer that is no list of addresses");
            }
            try {
                servers.add(ServerAddress.parse(element.stringValue(), HTTPS_PORT));
            } catch (InvalidAddressException e) {
                unreadable.add(e.getMessage());
            }
        }
        if (servers.isEmpty() && !unreadable.isEmpty()) {
            throw new SupervisorException("names no address that can be read: " + unreadable.get(0));
        }
        return new NamedServers(servers, unreadable);
    }

    private static @Nullable JsonNode json(byte[] text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static SupervisorException refusal(HttpAnswer answer) {
        int status = answer.status();
        String problem = switch (status) {
            case 401 -> "does not accept the password of the token (status 401)";
            case 403 -> "does not let the token's user ask for the servers (status 403)";
            case 404 -> "does not know what it is asked for (status 404): lb.discovery.k3s.program may be wrong";
            case 429 -> "has too many requests (status 429)";
            case 503 -> "is not ready (status 503)";
            default ->
                status >= 300 && status < 400
                        ? "points elsewhere (status " + status + "), which is not followed"
                        : "answers with status " + status;
        };
        Duration pause = pause(answer.retryAfter());
        return status == 429 && pause != null
                ? SupervisorException.busy(problem, pause)
                : new SupervisorException(problem);
    }

    /** Of the two forms of the header only the one that Kubernetes uses counts, the number of seconds. */
    private static @Nullable Duration pause(@Nullable String retryAfter) {
        if (retryAfter == null || !retryAfter.matches("[0-9]{1,9}")) {
            return null;
        }
        Duration wanted = Duration.ofSeconds(Long.parseLong(retryAfter));
        return wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
    }
}
