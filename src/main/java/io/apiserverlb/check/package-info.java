/** Asks every server at intervals whether it works. */
@NullMarked
package io.apiserverlb.check;

import org.jspecify.annotations.NullMarked;
