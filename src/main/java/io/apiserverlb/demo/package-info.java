/** Three small TLS API servers of the product's own, to try it on. */
@NullMarked
package io.apiserverlb.demo;

import org.jspecify.annotations.NullMarked;
