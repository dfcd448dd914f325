package io.apiserverlb.broken.api;

import io.apiserverlb.broken.proxy.UsesSpring;

public final class UsesAnotherRoom {
    static UsesSpring breach(UsesSpring room) {
        return room;
    }
}
