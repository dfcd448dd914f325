/** Keeps the list in a JSON file that the k3s agent can read, too. */
@NullMarked
package io.apiserverlb.state;

import org.jspecify.annotations.NullMarked;
