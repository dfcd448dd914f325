@NullMarked
package io.apiserverlb.api;

import org.jspecify.annotations.NullMarked;
