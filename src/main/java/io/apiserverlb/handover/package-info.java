/**
 * Hands the listeners, the list and the right to write it from one process to the next, so that an upgrade refuses nobody.
 *
 * <p>The two meet at an abstract UNIX socket (unix(7)) that is named after the balancer, in the network namespace whose ports they share.
 */
@NullMarked
package io.apiserverlb.handover;

import org.jspecify.annotations.NullMarked;
