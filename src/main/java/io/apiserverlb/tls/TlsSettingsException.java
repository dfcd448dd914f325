package io.apiserverlb.tls;

/**
 * A TLS setting that cannot be used.
 *
 * <p>The message is one line without secrets that reads well after the name of the setting, as in {@code ca-file:
 * /etc/ca.pem holds no certificate}.
 */
public final class TlsSettingsException extends IllegalArgumentException {

    private final String setting;

    TlsSettingsException(String setting, String message) {
        super(message.replaceAll("\\p{IsControl}", "?"));
        this.setting = setting;
    }

    /** The setting at fault in its short form, such as {@code client-key}. */
    public String setting() {
        return setting;
    }
}
