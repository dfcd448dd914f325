/**
 * The failure suite: one scenario per rule, with real servers, real sockets and real faults, under two kinds of traffic.
 *
 * <p>{@code docs/testing.md} lists the scenarios and says how to run one many times.
 */
@NullMarked
package io.apiserverlb.failover;

import org.jspecify.annotations.NullMarked;
