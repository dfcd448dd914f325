/** The Helm chart, as Helm renders it. */
@NullMarked
package io.apiserverlb.chart;

import org.jspecify.annotations.NullMarked;
