/** The hub: which servers exist, and which of them may take a session. Plain Java. */
@NullMarked
package io.apiserverlb.pool;

import org.jspecify.annotations.NullMarked;
