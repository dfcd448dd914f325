package io.apiserverlb.broken.discovery.one;

import io.apiserverlb.broken.discovery.two.TurnsBack;

public final class TurnsInACircle {
    static TurnsBack breach(TurnsBack other) {
        return other;
    }
}
