package io.apiserverlb.actuate;

import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;

/**
 * The statuses that health knows here, and what several make together: Boot's, and {@code DEGRADED} for what works with less than it
 * should have, which is a warning and still HTTP 200.
 *
 * <p>Actuator forms the status of a component out of nothing but the set of its entries' statuses, and one and the same set of servers'
 * entries can mean different things: {@code UP} and {@code UNREACHABLE} are one primary of two, or the fallback alone. So an entry's
 * status is an object that belongs to one status of the whole. It reads and equals any other of its name; the whole is known by it.
 */
final class HealthStatuses implements StatusAggregator, HttpCodeStatusMapper {
    static final Status DEGRADED = new Status("DEGRADED");

    private static final StatusAggregator WORST =
            StatusAggregator.of(Status.DOWN, Status.OUT_OF_SERVICE, DEGRADED, Status.UP, Status.UNKNOWN);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final Set<String> UNAVAILABLE_CODES =
            Set.of(Status.DOWN.getCode(), Status.OUT_OF_SERVICE.getCode(), ServerStatus.UNREACHABLE.name());

    private final Map<PoolStatus, Map<ServerStatus, Status>> entries = new EnumMap<>(PoolStatus.class);
    private final IdentityHashMap<Status, PoolStatus> wholes = new IdentityHashMap<>();

    HealthStatuses() {
        for (PoolStatus whole : PoolStatus.values()) {
            Map<ServerStatus, Status> ofThis = new EnumMap<>(ServerStatus.class);
            for (ServerStatus entry : ServerStatus.values()) {
                Status status = new Status(entry.name());
                ofThis.put(entry, status);
                wholes.put(status, whole);
            }
            entries.put(whole, ofThis);
        }
    }

    /** The status of one server's entry, among entries that together have this status. */
    Status entry(ServerStatus server, PoolStatus whole) {
        return Objects.requireNonNull(Objects.requireNonNull(entries.get(whole)).get(server));
    }

    @Override
    public Status getAggregateStatus(Set<Status> statuses) {
        for (Status status : statuses) {
            PoolStatus whole = wholes.get(status);
            if (whole != null) {
                return of(whole);
            }
        }
        return WORST.getAggregateStatus(statuses);
    }

    private static Status of(PoolStatus whole) {
        return switch (whole) {
            case UP -> Status.UP;
            case DEGRADED -> DEGRADED;
            case DOWN -> Status.DOWN;
        };
    }

    @Override
    public int getStatusCode(Status status) {
        return UNAVAILABLE_CODES.contains(status.getCode()) ? UNAVAILABLE : OK;
    }
}
