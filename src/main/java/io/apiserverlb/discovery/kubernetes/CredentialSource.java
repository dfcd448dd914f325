package io.apiserverlb.discovery.kubernetes;

import java.time.Instant;

/** Where credentials for a cluster are read from, again and again. */
sealed interface CredentialSource permits Kubeconfig, ServiceAccount {
    /**
     * Reads and checks all of it.
     *
     * @param files gets what is read, also where that fails
     * @param withPrograms whether a program that it names is asked; without it the user may be nobody
     */
    KnownCluster read(Instant now, FilesRead files, boolean withPrograms) throws CredentialsException;
}
