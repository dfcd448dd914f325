package io.apiserverlb.broken.proxy;

import org.springframework.core.env.Environment;

public final class UsesSpring {
    static Environment breach(Environment spring) {
        return spring;
    }
}
