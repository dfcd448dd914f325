package io.apiserverlb.api;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may change things, as the operator sets it.
 *
 * @param tokenFile holds the bearer tokens of changing calls, or null if there are none
 * @param clientNames the common names of client certificates whose holders may make changing calls
 * @param hostNames names beside {@code localhost} by which callers reach a connector on a loopback address, in lower case
 */
public record AccessSettings(@Nullable Path tokenFile, Set<String> clientNames, Set<String> hostNames) {
    public AccessSettings {
        clientNames = Set.copyOf(clientNames);
        hostNames = Set.copyOf(hostNames);
    }
}
