/** Fakes that the tests of several rooms share. */
@NullMarked
package io.apiserverlb.testing;

import org.jspecify.annotations.NullMarked;
