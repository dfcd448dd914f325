package io.apiserverlb.api;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the balancer fared for a moment; NaN where there is nothing to tell.
 *
 * @param at epoch milliseconds
 * @param connections made to servers, per second
 * @param bytesIn from clients, per second
 * @param bytesOut to clients, per second
 * @param checkMedian of the latest checks, in milliseconds
 * @param checkSlowest of the latest checks, in milliseconds
 */
record Sample(long at, double connections, double bytesIn, double bytesOut, double checkMedian, double checkSlowest) {
    /** Its figures in order, as the API shows them. */
    List<@Nullable Number> figures() {
        return Arrays.asList(
                at,
                rounded(connections, 100),
                whole(bytesIn),
                whole(bytesOut),
                rounded(checkMedian, 10),
                rounded(checkSlowest, 10));
    }

    private static @Nullable Number whole(double value) {
        return Double.isNaN(value) ? null : Math.round(value);
    }

    /** @param parts of one to round to */
    private static @Nullable Number rounded(double value, int parts) {
        return Double.isNaN(value) ? null : Math.round(value * parts) / (double) parts;
    }
}
