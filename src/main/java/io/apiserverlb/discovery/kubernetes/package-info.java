/** Follows what a cluster's API says about its servers. */
@NullMarked
package io.apiserverlb.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
