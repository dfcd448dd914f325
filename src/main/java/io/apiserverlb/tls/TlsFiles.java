package io.apiserverlb.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whom to trust and what to show of ourselves, as the configured files say; each null where nothing is configured. */
final class TlsFiles {

    private final @Nullable FileBacked<TrustedIssuers> issuers;
    private final @Nullable FileBacked<ClientCredential> credential;
    private final @Nullable FileBacked<String> token;

    TlsFiles(ClientTls.Settings settings, Consumer<String> report) {
        Path caFile = settings.caFile();
        Path certificate = settings.clientCertificate();
        Path key = settings.clientKey();
        Path tokenFile = settings.tokenFile();
        issuers = caFile == null ? null : new FileBacked<>(List.of(caFile), () -> readIssuers(caFile), report);
        // One value of two files: a certificate without its key is worth nothing.
        credential = certificate == null || key == null
                ? null
                : new FileBacked<>(List.of(certificate, key), () -> readCredential(certificate, key), report);
        token = tokenFile == null ? null : new FileBacked<>(List.of(tokenFile), () -> readToken(tokenFile), report);
    }

    /** Reads everything now; throws {@link TlsSettingsException} for the first file that is no good. */
    void read() {
        if (issuers != null) {
            issuers.read();
        }
        if (credential != null) {
            credential.read();
        }
        if (token != null) {
            token.read();
        }
    }

    /** Whether there is anything of ourselves to show. */
    boolean holdCredentials() {
        return credential != null || token != null;
    }

    @Nullable
    TrustedIssuers issuers() {
        return issuers == null ? null : issuers.current();
    }

    @Nullable
    ClientCredential credential() {
        return credential == null ? null : credential.current();
    }

    @Nullable
    String token() {
        return token == null ? null : token.current();
    }

    private static TrustedIssuers readIssuers(Path caFile) {
        return new TrustedIssuers(certificates(ClientTls.CA_FILE, caFile));
    }

    private static ClientCredential readCredential(Path certificate, Path key) {
        List<X509Certificate> chain = certificates(ClientTls.CLIENT_CERTIFICATE, certificate);
        ClientCredential credential = new ClientCredential(chain, privateKey(key));
        if (!credential.matches()) {
            throw new TlsSettingsException(
                    ClientTls.CLIENT_KEY, key + " is not the key of the first certificate in " + certificate);
        }
        return credential;
    }

    private static String readToken(Path tokenFile) {
        String token = content(ClientTls.TOKEN_FILE, tokenFile).strip();
        if (token.isEmpty()) {
            throw new TlsSettingsException(ClientTls.TOKEN_FILE, tokenFile + " is empty");
        }
        // It becomes part of a header line.
        if (!token.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new TlsSettingsException(ClientTls.TOKEN_FILE, tokenFile + " holds something other than one token");
        }
        return token;
    }

    private static List<X509Certificate> certificates(String setting, Path file) {
        try {
            return Certificates.parse(content(setting, file));
        } catch (PemException e) {
            throw new TlsSettingsException(setting, file + " " + e.getMessage());
        }
    }

    private static PrivateKey privateKey(Path file) {
        try {
            return PrivateKeyReader.read(PemBlock.parse(content(ClientTls.CLIENT_KEY, file)));
        } catch (PemException e) {
            throw new TlsSettingsException(ClientTls.CLIENT_KEY, file + " " + e.getMessage());
        }
    }

    private static String content(String setting, Path file) {
        try {
            return new TextFile(file).read();
        } catch (TextFile.UnreadableException e) {
            throw new TlsSettingsException(setting, file + " " + e.getMessage());
        }
    }
}
