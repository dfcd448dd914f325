/**
 * Chaos: the finished jar under a long story of faults and changes, and an oracle that holds it to its promises all the time.
 *
 * <p>A {@link io.apiserverlb.chaos.Story} says what happens when, the {@link io.apiserverlb.chaos.Chronicle} what did. Clients and servers
 * note what they saw, the balancer's own log and counters what it believes, and rules compare them.
 */
@NullMarked
package io.apiserverlb.chaos;

import org.jspecify.annotations.NullMarked;
