package io.apiserverlb.actuate;

/**
 * How metrics are named.
 *
 * @param name of this balancer, {@code lb.name}: the label {@code lb}
 * @param k3sNames whether there are k3s' own metrics as well, {@code lb.metrics.k3s-names}
 */
public record MetricsSettings(String name, boolean k3sNames) {
    public MetricsSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the balancer's name must not be blank");
        }
    }
}
