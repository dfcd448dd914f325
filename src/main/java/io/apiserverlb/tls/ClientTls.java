package io.apiserverlb.tls;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final Supplier<Optional<ClusterAccess>> cluster;
    private final InstantSource clock;

    /**
     * Touches no file yet. What goes wrong with one later is given to {@code report} by the thread that opens.
     *
     * @param cluster what is known of the cluster itself, for whatever has no file; asked with each new connection
     */
    public ClientTls(
            Settings settings,
            Supplier<Optional<ClusterAccess>> cluster,
            InstantSource clock,
            Consumer<String> report) {
        this.serverName = settings.serverName();
        this.files = new TlsFiles(settings, report);
        this.cluster = cluster;
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
        ClusterAccess known = cluster.get().orElse(null);
        TrustedIssuers issuers = issuers(known);
        ServerVerification verification = new ServerVerification(issuers, name, clock);
        if (files.holdCredentials() || known == null) {
            return new TlsPeer(verification, files.credential(), bearer(files.token()), known, name.sni());
        }
        return new TlsPeer(verification, known.credential(), known.bearer().orElse(null), known, name.sni());
    }

    private @Nullable TrustedIssuers issuers(@Nullable ClusterAccess known) {
        TrustedIssuers ofFile = files.issuers();
        return ofFile == null && known != null ? known.issuers() : ofFile;
    }

    /**
     * What servers are verified by today, in PEM form; empty if nothing is known. Reads a small file, as {@link #open} does.
     *
     * @throws TlsSettingsException if the file cannot be used and never could
     */
    public Optional<String> authorities() {
        return Optional.ofNullable(issuers(cluster.get().orElse(null))).map(TrustedIssuers::pem);
    }

    /** Whether a connection would be made alike today, as far as that can be told without a look at the files; never blocks. */
    public boolean isUpToDate(TlsPeer peer) {
        return peer.cluster() == cluster.get().orElse(null);
    }

    private static @Nullable String bearer(@Nullable String token) {
        return token == null ? null : "Bearer " + token;
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
     * @param clusterCa whether the cluster itself may tell a CA later, so that credentials are of use without one
     */
    public record Settings(
            @Nullable Path caFile,
            @Nullable String serverName,
            @Nullable Path clientCertificate,
            @Nullable Path clientKey,
            @Nullable Path tokenFile,
            boolean clusterCa) {

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
            if (caFile == null && !clusterCa && clientCertificate != null) {
                throw missing(CA_FILE, CLIENT_CERTIFICATE, clientCertificate);
            }
            if (caFile == null && !clusterCa && tokenFile != null) {
                throw missing(CA_FILE, TOKEN_FILE, tokenFile);
            }
        }

        private static TlsSettingsException missing(String setting, String because, Path value) {
            return new TlsSettingsException(setting, "is missing, but needed with " + because + " " + value);
        }
    }
}
