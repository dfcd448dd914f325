package io.apiserverlb.tls;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What the servers of a cluster are known by, and what they know this process by. Immutable; prints no secrets. */
public final class ClusterAccess {
    private final TrustedIssuers issuers;
    private final @Nullable ClientCredential credential;
    private final @Nullable String authorization;

    private ClusterAccess(
            TrustedIssuers issuers, @Nullable ClientCredential credential, @Nullable String authorization) {
        if (authorization != null && !authorization.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new TlsSettingsException("authorization", "does not fit into a header line");
        }
        this.issuers = issuers;
        this.credential = credential;
        this.authorization = authorization;
    }

    /**
     * Reads PEM texts.
     *
     * @param ca certificates of authorities, or of servers that are trusted as they are
     * @param certificate the client's certificate, its issuers after it; with its key or not at all
     * @param key PEM, not encrypted, RSA, EC or Ed25519
     * @param authorization what the HTTP header {@code Authorization} shall say, if there shall be one
     * @throws TlsSettingsException that names {@code ca}, {@code certificate}, {@code key} or {@code authorization}, and shows no secret
     */
    public static ClusterAccess of(
            String ca, @Nullable String certificate, @Nullable String key, @Nullable String authorization) {
        return new ClusterAccess(issuers(ca), credential(certificate, key), authorization);
    }

    private static TrustedIssuers issuers(String ca) {
        try {
            return new TrustedIssuers(Certificates.parse(ca));
        } catch (PemException e) {
            throw new TlsSettingsException("ca", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable ClientCredential credential(@Nullable String certificate, @Nullable String key) {
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            String missing = certificate == null ? "certificate" : "key";
            throw new TlsSettingsException(missing, "is missing, though the other half is there");
        }
        String part = "certificate";
        try {
            List<X509Certificate> chain = Certificates.parse(certificate);
            part = "key";
            ClientCredential credential = new ClientCredential(chain, PrivateKeyReader.read(PemBlock.parse(key)));
            if (!credential.matches()) {
                throw new PemException("is not that of the certificate");
            }
            return credential;
        } catch (PemException e) {
            throw new TlsSettingsException(part, String.valueOf(e.getMessage()));
        }
    }

    TrustedIssuers issuers() {
        return issuers;
    }

    @Nullable
    ClientCredential credential() {
        return credential;
    }

    /** For verified servers only. */
    public Optional<String> authorization() {
        return Optional.ofNullable(authorization);
    }

    /** The same if it is a bearer token, which is all that API servers know. */
    Optional<String> bearer() {
        return authorization().filter(text -> text.startsWith("Bearer "));
    }

    /**
     * What makes connections of which each goes to a verified server or fails; the client's certificate is shown to verified servers only.
     * Verified is a server by its issuer, its name and the time, in that order; what the caller's library makes of the address that it
     * connects to does not matter.
     *
     * @param serverName the DNS name or IP address that the server's certificate has to cover
     */
    public SSLContext context(String serverName, InstantSource clock) {
        ExpectedName name = ExpectedName.of(serverName, serverName);
        // The JDK asks for the client's certificate once the trust manager is content with the server's.
        return new StrictTrust(new ServerVerification(issuers, name, clock))
                .context(credential == null ? null : new GuardedCredential(credential, () -> true));
    }

    @Override
    public String toString() {
        return "ClusterAccess[client certificate " + (credential == null ? "none" : "(hidden)") + ", authorization "
                + (authorization == null ? "none" : "(hidden)") + "]";
    }
}
