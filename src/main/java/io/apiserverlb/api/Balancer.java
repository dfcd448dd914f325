package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.Supplier;

/**
 * What the API shows of the balancer beside its list and its sessions.
 *
 * @param name as configured
 * @param discovery how discovery goes at the moment; asked with each request
 * @param refresh has the cluster asked for its servers at once, which is not waited for
 */
public record Balancer(String name, Supplier<DiscoveryStatus> discovery, Runnable refresh) {}
