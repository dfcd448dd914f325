package io.apiserverlb;

import io.apiserverlb.pool.OneLine;

/** A configuration that the balancer cannot start with; the message is one line that names the property, the value and what is allowed. */
final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConfigurationException(String message) {
        super(OneLine.of(message));
    }

    static ConfigurationException of(String property, Object value, String allowed) {
        return new ConfigurationException(
                property + ": " + OneLine.quoted(String.valueOf(value)) + " is not allowed: " + allowed);
    }
}
