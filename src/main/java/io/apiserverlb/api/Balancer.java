package io.apiserverlb.api;

import io.apiserverlb.pool.DiscoveryStatus;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the API shows of the balancer beside its list and its sessions.
 *
 * @param name as configured
 * @param instance by which a probe tells this process from another of the same name; empty if it has none
 * @param discovery how discovery goes at the moment; asked with each request
 * @param refresh has the cluster asked for its servers at once, which is not waited for
 * @param leftToOther whether the list is another process's by now, so that what is changed here would be lost
 */
public record Balancer(
        String name,
        String instance,
        Supplier<DiscoveryStatus> discovery,
        Runnable refresh,
        BooleanSupplier leftToOther) {}
