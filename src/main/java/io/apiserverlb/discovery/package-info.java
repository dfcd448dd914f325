/** Finds out which servers there are. */
@NullMarked
package io.apiserverlb.discovery;

import org.jspecify.annotations.NullMarked;
