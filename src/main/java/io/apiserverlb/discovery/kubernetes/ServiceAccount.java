package io.apiserverlb.discovery.kubernetes;

import java.nio.file.Path;
import java.time.Instant;

/**
 * The service account of a pod.
 *
 * @param folder with {@code token} and {@code ca.crt}
 * @param host of the API, as pods are told in {@code KUBERNETES_SERVICE_HOST}
 */
record ServiceAccount(Path folder, String host, String port, Part serverName) implements CredentialSource {
    @Override
    public KnownCluster read(Instant now, FilesRead files, boolean withPrograms) throws CredentialsException {
        Part ca = Part.ofFile(folder.resolve("ca.crt"), files);
        Part token = Part.ofFile(folder.resolve("token"), files);
        String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        Part server = new Part("KUBERNETES_SERVICE_HOST with KUBERNETES_SERVICE_PORT", url);
        return KnownCluster.of(server, serverName, ca, new UserParts(token, null, null, null), now);
    }

    @Override
    public String toString() {
        return "the service account in " + folder;
    }
}
