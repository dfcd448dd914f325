/** Takes clients' connections and passes their bytes to one usable server each. */
@NullMarked
package io.apiserverlb.proxy;

import org.jspecify.annotations.NullMarked;
