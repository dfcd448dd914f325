/** Tells Actuator how the servers are, and Prometheus how much they do. */
@NullMarked
package io.apiserverlb.actuate;

import org.jspecify.annotations.NullMarked;
