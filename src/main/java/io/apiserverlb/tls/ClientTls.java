package io.apiserverlb.tls;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The TLS client side of this process: verifies servers, and shows its credentials to verified ones only.
 *
 * <p>Files are looked at again for every new connection. A new content that is no good is reported once, in one line
 * without secrets, and the last good one stays in use. Thread-safe.
 */
public final class ClientTls {

    static final String CA_FILE = "ca-file";
    static final String CLIENT_CERTIFICATE = "client-certificate";
    static final String CLIENT_KEY = "client-key";
    static final String TOKEN_FILE = "token-file";

    private final @Nullable String serverName;
    private final TlsFiles files;
    private final InstantSource clock;

    /** Touches no file yet. What goes wrong with one later is given to {@code report} by the thread that opens. */
    public ClientTls(Settings settings, InstantSource clock, Consumer<String> report) {
        this.serverName = settings.serverName();
        this.files = new TlsFiles(settings, report);
        this.clock = clock;
    }

    /**
     * Reads all files now.
     *
     * @throws TlsSettingsException for the first file that cannot be used
     */
    public void verifyFiles() {
        files.read();
    }

    /**
     * Prepares one new connection to a server. Reads small files, so not to be called by an event loop.
     *
     * @param host the server's host name or IP address, an IPv6 one with or without brackets
     * @param others what else its certificate may cover instead: the address that the host name stands for
     * @throws TlsSettingsException if a file cannot be used and never could
     */
    public TlsPeer open(String host, String... others) {
        ExpectedName name = ExpectedName.of(serverName, host, others);
        ServerVerification verification = new ServerVerification(files.issuers(), name, clock);
        return new TlsPeer(verification, files.credential(), files.token(), name.sni());
    }

    /**
     * Where trust and credentials come from; all of it is optional.
     *
     * @param caFile certificates in PEM form: CAs whose servers are trusted, or server certificates trusted as they are;
     *     without it servers stay unverified
     * @param serverName the DNS name that certificates must cover, also sent as SNI; without it they must cover the
     *     server's own host or {@code kubernetes.default.svc}
     * @param clientCertificate the client's certificate in PEM form, its issuers after it
     * @param clientKey the private key of that certificate: PEM, not encrypted, RSA, EC or Ed25519
     * @param tokenFile a bearer token
     */
    public record Settings(
            @Nullable Path caFile,
            @Nullable String serverName,
            @Nullable Path clientCertificate,
            @Nullable Path clientKey,
            @Nullable Path tokenFile) {

        /**
         * Refuses half a pair of certificate and key, credentials without a CA, and a name that is none.
         *
         * @throws TlsSettingsException that names the setting to mend
         */
        public Settings {
            if (serverName != null && ServerName.dns(serverName).isEmpty()) {
                throw new TlsSettingsException("server-name", "'" + serverName + "' is not a DNS name");
            }
            if (clientCertificate != null && clientKey == null) {
                throw missing(CLIENT_KEY, CLIENT_CERTIFICATE, clientCertificate);
            }
            if (clientKey != null && clientCertificate == null) {
                throw missing(CLIENT_CERTIFICATE, CLIENT_KEY, clientKey);
            }
            if (caFile == null && clientCertificate != null) {
                throw missing(CA_FILE, CLIENT_CERTIFICATE, clientCertificate);
            }
            if (caFile == null && tokenFile != null) {
                throw missing(CA_FILE, TOKEN_FILE, tokenFile);
            }
        }

        private static TlsSettingsException missing(String setting, String because, Path value) {
            return new TlsSettingsException(setting, "is missing, but needed with " + because + " " + value);
        }
    }
}
