package io.apiserverlb.broken.state;

import io.apiserverlb.broken.Wiring;

final class KnowsTheWiring {
    static Wiring breach(Wiring wiring) {
        return wiring;
    }
}
