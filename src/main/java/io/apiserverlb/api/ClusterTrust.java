package io.apiserverlb.api;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients need to know to trust the servers behind the balancer.
 *
 * @param listeners where they connect to, also while that is closed for the time being; asked with each request
 * @param authorities the certificates that servers are verified by, in PEM form, if any are known; asked with each request
 * @param serverName the name that an operator says servers have, or null
 */
public record ClusterTrust(
        Supplier<List<InetSocketAddress>> listeners,
        Supplier<Optional<String>> authorities,
        @Nullable String serverName) {}
