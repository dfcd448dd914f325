/** Scenarios of failing peers and networks, with real kernels in between. */
@NullMarked
package io.apiserverlb.failover;

import org.jspecify.annotations.NullMarked;
