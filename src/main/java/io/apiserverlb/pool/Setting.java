package io.apiserverlb.pool;

/**
 * What the operator set for one address.
 *
 * @param weight 0–256 as in HAProxy; 0: no new sessions
 */
public record Setting(AdminState admin, int weight) {
    public static final int DEFAULT_WEIGHT = 100;
    public static final int MAX_WEIGHT = 256;
    public static final Setting DEFAULT = new Setting(AdminState.READY, DEFAULT_WEIGHT);

    public Setting {
        if (!isWeight(weight)) {
            throw new IllegalArgumentException(noWeight(weight));
        }
    }

    static boolean isWeight(int weight) {
        return weight >= 0 && weight <= MAX_WEIGHT;
    }

    static String noWeight(int weight) {
        return "the weight must be between 0 and " + MAX_WEIGHT + ", not " + weight;
    }
}
