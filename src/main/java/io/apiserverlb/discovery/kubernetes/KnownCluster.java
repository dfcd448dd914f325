package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.InvalidAddressException;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.tls.ClusterAccess;
import io.apiserverlb.tls.TlsSettingsException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/** A cluster as credentials describe it. Immutable; prints no secrets. */
public final class KnownCluster {
    /** The name that every API server's certificate covers. */
    static final String DEFAULT_SERVER_NAME = "kubernetes.default.svc";

    private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(10);
    private static final Duration AT_LEAST = Duration.ofMinutes(1);

    private final ClusterAccess access;
    private final SeedUrl server;
    private final String serverName;
    private final List<@Nullable String> connection;
    private final @Nullable Instant end;

    private KnownCluster(
            ClusterAccess access,
            SeedUrl server,
            String serverName,
            List<@Nullable String> connection,
            @Nullable Instant end) {
        this.access = access;
        this.server = server;
        this.serverName = serverName;
        this.connection = connection;
        this.end = end;
    }

    /**
     * Checks all parts, which have to be of one moment.
     *
     * @param server its URL and where it was found
     * @param serverName what the certificates of its servers have to cover
     */
    static KnownCluster of(Part server, Part serverName, Part ca, UserParts user, Instant now)
            throws CredentialsException {
        SeedUrl url = url(server);
        checkName(serverName);
        String token = user.token();
        String certificate = textOf(user.certificate());
        String key = textOf(user.key());
        ClusterAccess access;
        try {
            access = ClusterAccess.of(ca.text(), certificate, key, token == null ? null : "Bearer " + token);
        } catch (TlsSettingsException e) {
            Part culprit = e.setting().equals("ca") ? ca : e.setting().equals("key") ? user.key() : user.certificate();
            throw new CredentialsException(culprit + " " + e.getMessage());
        }
        return new KnownCluster(
                access,
                url,
                serverName.text(),
                Arrays.asList(ca.text(), certificate, key, serverName.text()),
                end(user.expiry(), now));
    }

    private static @Nullable String textOf(@Nullable Part part) {
        return part == null ? null : part.text();
    }

    private static SeedUrl url(Part server) throws CredentialsException {
        // The URL is not quoted: it may hold a password.
        if (!server.text().toLowerCase(Locale.ROOT).startsWith("https://")) {
            throw new CredentialsException(server + " is not an https URL");
        }
        try {
            return SeedUrl.parse(server.text());
        } catch (InvalidAddressException e) {
            throw new CredentialsException(server + " is not the URL of a server");
        }
    }

    private static void checkName(Part serverName) throws CredentialsException {
        try {
            if (new ServerAddress(serverName.text(), 443).ip().isEmpty()) {
                new SNIHostName(serverName.text()).getAsciiName();
            }
        } catch (IllegalArgumentException e) {
            throw new CredentialsException(serverName + " is neither a DNS name nor an IP address");
        }
    }

    /** A little early, but not at once: what has expired already may be all that there is. */
    static @Nullable Instant end(@Nullable Instant expiry, Instant now) {
        if (expiry == null) {
            return null;
        }
        Instant soonest = now.plus(AT_LEAST);
        return expiry.isAfter(soonest.plus(BEFORE_EXPIRY)) ? expiry.minus(BEFORE_EXPIRY) : soonest;
    }

    public ClusterAccess access() {
        return access;
    }

    /** The bearer token, for verified servers only; empty if there is none. */
    String token() {
        return access.authorization().orElse("").replaceFirst("^Bearer ", "");
    }

    /** Where the credentials say that the cluster is, which may be a seed. */
    public SeedUrl server() {
        return server;
    }

    /** What the certificates of its servers have to cover: a DNS name or an IP address. */
    public String serverName() {
        return serverName;
    }

    /** Whether a connection made for the other one is as good as a new one: nothing but the token may differ. */
    boolean sharesConnectionsWith(KnownCluster other) {
        return connection.equals(other.connection);
    }

    /** Whether it is time to ask for newer credentials. */
    boolean expires(Instant now) {
        return end != null && now.isAfter(end);
    }
}
