package io.apiserverlb.check;

import io.apiserverlb.demo.DemoAuthority;
import io.apiserverlb.demo.DemoIdentity;
import io.apiserverlb.tls.ClientTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what a {@link ClientTls} reads. */
final class ClientFiles {
    private ClientFiles() {}

    /** Knows no CA. */
    static ClientTls trustingNobody() {
        return client(null, null, null, null, null);
    }

    static ClientTls trusting(DemoAuthority authority, Path folder) throws IOException {
        return client(ca(authority, folder), null, null, null, null);
    }

    static ClientTls withServerName(DemoAuthority authority, String serverName, Path folder) throws IOException {
        return client(ca(authority, folder), serverName, null, null, null);
    }

    static ClientTls withToken(DemoAuthority authority, String token, Path folder) throws IOException {
        return client(ca(authority, folder), null, null, null, Files.writeString(folder.resolve("token"), token));
    }

    static ClientTls withCertificate(DemoAuthority authority, DemoIdentity identity, Path folder) throws IOException {
        Path certificate = Files.writeString(folder.resolve("client.crt"), identity.certificatePem());
        Path key = Files.writeString(folder.resolve("client.key"), identity.privateKeyPem());
        return client(ca(authority, folder), null, certificate, key, null);
    }

    static ClientTls withCaFile(Path file) {
        return client(file, null, null, null, null);
    }

    private static Path ca(DemoAuthority authority, Path folder) throws IOException {
        return Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
    }

    private static ClientTls client(
            @Nullable Path ca,
            @Nullable String serverName,
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path token) {
        return new ClientTls(
                new ClientTls.Settings(ca, serverName, certificate, key, token, false),
                Optional::empty,
                InstantSource.system(),
                problem -> {});
    }
}
