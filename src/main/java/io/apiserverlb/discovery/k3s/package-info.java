/** Asks the supervisors of k3s and RKE2 which servers a cluster has. */
@NullMarked
package io.apiserverlb.discovery.k3s;

import org.jspecify.annotations.NullMarked;
