package io.apiserverlb.check;

import io.apiserverlb.pool.Health;
import io.apiserverlb.pool.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;

/** How fast a server is checked, by its health. Pure. */
final class Pace {
    private static final double CRC_VALUES = 0x1p32;

    private Pace() {}

    /** Whether neither checks nor traffic hold anything against a server. */
    static boolean fullCredit(Health health) {
        return health.up() && !health.inDoubt() && !health.failedSoftly();
    }

    /** HAProxy's {@code inter}, {@code fastinter} or {@code downinter}. */
    static Duration interval(Checker.Settings settings, Health health) {
        if (health.inDoubt() || health.maybeReady()) {
            return settings.fastInterval();
        }
        return health.up() ? settings.interval() : settings.downInterval();
    }

    /**
     * The share of the interval, more than 0 and at most 1, after which the second check follows the first: the nodes of a fleet that
     * were started together are spread evenly by it.
     */
    static double phase(String nodeName, ServerAddress address) {
        CRC32 hash = new CRC32();
        hash.update((nodeName + ' ' + address).getBytes(StandardCharsets.UTF_8));
        return (hash.getValue() + 1) / CRC_VALUES;
    }
}
