package io.apiserverlb.failover;

import io.apiserverlb.demo.DemoAuthority;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Who signs the servers' certificates. */
final class Authorities {
    static final DemoAuthority OURS = new DemoAuthority(InstantSource.system(), new SecureRandom());
    /** Of another cluster. */
    static final DemoAuthority FOREIGN = new DemoAuthority(InstantSource.system(), new SecureRandom());

    private Authorities() {}
}
