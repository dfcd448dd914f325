package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.Supplier;

/**
 * What the API shows of the balancer beside its list and its sessions.
 *
 * @param name as configured
 * @param instance by which a probe tells this process from another of the same name; empty if it has none
 * @param discovery how discovery goes at the moment; asked with each request
 * @param refresh has the cluster asked for its servers at once, which is not waited for
 */
public record Balancer(String name, String instance, Supplier<DiscoveryStatus> discovery, Runnable refresh) {}
