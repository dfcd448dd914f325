/** Keys, trust and credentials of this process as a TLS client, re-read when their files change. Plain JDK. */
@NullMarked
package io.apiserverlb.tls;

import org.jspecify.annotations.NullMarked;
