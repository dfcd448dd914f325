package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One or several kubeconfig files, merged as kubectl does: what comes first wins, and of several files some may be missing.
 *
 * @param context the one to use; null: the current one
 * @param serverName instead of the cluster's {@code tls-server-name}, or null
 * @param execLimit how long a program that is asked for credentials may take
 */
record Kubeconfig(
        List<Path> files,
        @Nullable String context,
        @Nullable Part serverName,
        Duration execLimit) implements CredentialSource {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    /** A named entry and the file it is in, which paths in it are relative to. */
    private record Entry<T>(String kind, String name, Path file, T value) {
        String place(String field) {
            return field + " of " + this;
        }

        @Override
        public String toString() {
            return kind + " \"" + name + "\" in " + file;
        }
    }

    @Override
    public KnownCluster read(Instant now, FilesRead read, boolean withPrograms) throws CredentialsException {
        Map<String, Entry<Context>> contexts = new HashMap<>();
        Map<String, Entry<Cluster>> clusters = new HashMap<>();
        Map<String, Entry<AuthInfo>> users = new HashMap<>();
        String current = context;
        for (Path file : files) {
            if (files.size() == 1 || read.exists(file)) {
                Config config = parse(file, read.text(file));
                add("context", file, config.getContexts(), NamedContext::getName, NamedContext::getContext, contexts);
                add("cluster", file, config.getClusters(), NamedCluster::getName, NamedCluster::getCluster, clusters);
                add("user", file, config.getUsers(), NamedAuthInfo::getName, NamedAuthInfo::getUser, users);
                current = isSet(current) ? current : config.getCurrentContext();
            }
        }
        if (current == null || current.isEmpty()) {
            throw new CredentialsException(this + " names no current-context, and no context is configured");
        }
        Context chosen = entry("context", current, contexts).value();
        Entry<Cluster> cluster = entry("cluster", String.valueOf(chosen.getCluster()), clusters);
        UserParts user = isSet(chosen.getUser())
                ? user(entry("user", chosen.getUser(), users), read, withPrograms)
                : UserParts.ANONYMOUS;
        return KnownCluster.of(server(cluster), serverName(cluster), ca(cluster, read), user, now);
    }

    private static Config parse(Path file, String text) throws CredentialsException {
        try {
            Config config = YAML.unmarshal(text, Config.class);
            if (config != null) {
                return config;
            }
        } catch (RuntimeException e) {
            // What it says may quote the file.
        }
        throw new CredentialsException(file + " is not a kubeconfig");
    }

    private static <N, T> void add(
            String kind,
            Path file,
            @Nullable List<N> named,
            Function<N, @Nullable String> name,
            Function<N, @Nullable T> value,
            Map<String, Entry<T>> into) {
        for (N each : named == null ? List.<N>of() : named) {
            String key = name.apply(each);
            T content = value.apply(each);
            if (key != null && content != null) {
                into.putIfAbsent(key, new Entry<>(kind, key, file, content));
            }
        }
    }

    private <T> Entry<T> entry(String kind, String name, Map<String, Entry<T>> entries) throws CredentialsException {
        Entry<T> entry = entries.get(name);
        if (entry == null) {
            throw new CredentialsException(this + " has no " + kind + " \"" + name + "\"");
        }
        return entry;
    }

    @Override
    public String toString() {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    private static Part server(Entry<Cluster> cluster) {
        return new Part(cluster.place("server"), String.valueOf(cluster.value().getServer()));
    }

    private Part serverName(Entry<Cluster> cluster) {
        if (serverName != null) {
            return serverName;
        }
        String name = cluster.value().getTlsServerName();
        return new Part(cluster.place("tls-server-name"), isSet(name) ? name : KnownCluster.DEFAULT_SERVER_NAME);
    }

    private static Part ca(Entry<Cluster> cluster, FilesRead read) throws CredentialsException {
        if (Boolean.TRUE.equals(cluster.value().getInsecureSkipTlsVerify())) {
            throw new CredentialsException(
                    cluster
                            + " has insecure-skip-tls-verify, which would give the credentials to anybody; it needs a certificate-authority");
        }
        Part ca = part(
                cluster,
                "certificate-authority",
                cluster.value().getCertificateAuthority(),
                cluster.value().getCertificateAuthorityData(),
                read);
        if (ca == null) {
            throw new CredentialsException(
                    cluster + " has no certificate-authority; credentials are for verified servers only");
        }
        return ca;
    }

    private UserParts user(Entry<AuthInfo> entry, FilesRead read, boolean withPrograms) throws CredentialsException {
        AuthInfo user = entry.value();
        if (user.getAuthProvider() != null || isSet(user.getUsername())) {
            throw new CredentialsException(
                    entry + " has an auth-provider or a password; tokens, client certificates and exec are supported");
        }
        Part certificate =
                part(entry, "client-certificate", user.getClientCertificate(), user.getClientCertificateData(), read);
        Part key = part(entry, "client-key", user.getClientKey(), user.getClientKeyData(), read);
        if ((certificate == null) != (key == null)) {
            throw new CredentialsException(entry
                    + (key == null
                            ? " has a client-certificate without its key"
                            : " has a client-key without its certificate"));
        }
        Part token = token(entry, read);
        if (token == null && certificate == null && user.getExec() != null) {
            return withPrograms ? ExecPlugin.ask(user.getExec(), entry.file(), execLimit) : UserParts.ANONYMOUS;
        }
        return new UserParts(token, certificate, key, null);
    }

    private static @Nullable Part token(Entry<AuthInfo> entry, FilesRead read) throws CredentialsException {
        String file = entry.value().getTokenFile();
        if (isSet(file)) {
            return Part.ofFile(entry.file().resolveSibling(file), read);
        }
        String token = entry.value().getToken();
        return isSet(token) ? new Part(entry.place("token"), token) : null;
    }

    /** What is there as data wins over what is there as a path. */
    private static @Nullable Part part(
            Entry<?> entry, String field, @Nullable String path, @Nullable String data, FilesRead read)
            throws CredentialsException {
        if (data != null && !data.isEmpty()) {
            String place = entry.place(field + "-data");
            try {
                return new Part(place, new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new CredentialsException(place + " is not Base64");
            }
        }
        return path == null || path.isEmpty() ? null : Part.ofFile(entry.file().resolveSibling(path), read);
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
