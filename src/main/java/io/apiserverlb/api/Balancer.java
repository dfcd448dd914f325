package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the API shows of the balancer beside its list and its sessions.
 *
 * @param name as configured
 * @param answersFor whether a probe that names this instance is to be answered here
 * @param discovery how discovery goes at the moment; asked with each request
 * @param refresh has the cluster asked for its servers at once, which is not waited for
 */
public record Balancer(
        String name, Predicate<String> answersFor, Supplier<DiscoveryStatus> discovery, Runnable refresh) {}
