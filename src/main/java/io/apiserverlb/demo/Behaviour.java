package io.apiserverlb.demo;

import io.apiserverlb.demo.DemoServer.Mode;
import java.time.Duration;

/** How a server answers at present; {@code delay} is zero unless it is slow. */
record Behaviour(Mode mode, Duration delay) {
    Behaviour {
        if (mode == Mode.SLOW ? delay.isNegative() || delay.isZero() : !delay.isZero()) {
            throw new IllegalArgumentException("The delay of a slow server is more than zero, not " + delay);
        }
    }

    static Behaviour of(Mode mode) {
        return new Behaviour(mode, Duration.ZERO);
    }
}
