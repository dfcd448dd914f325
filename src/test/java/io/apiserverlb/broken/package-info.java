/** A small house in which every rule of the architecture is broken once, to show that each breach is noticed. */
@NullMarked
package io.apiserverlb.broken;

import org.jspecify.annotations.NullMarked;
