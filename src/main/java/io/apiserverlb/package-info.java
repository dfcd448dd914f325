/** Wires the rooms together: the application, its properties, its configuration and its lifecycle. */
@NullMarked
package io.apiserverlb;

import org.jspecify.annotations.NullMarked;
