/** Shows and changes the list over REST. */
@NullMarked
package io.apiserverlb.api;

import org.jspecify.annotations.NullMarked;
