package io.apiserverlb.broken.pool;

import io.apiserverlb.broken.api.UsesAnotherRoom;

public final class UsesARoom {
    static UsesAnotherRoom breach(UsesAnotherRoom room) {
        return room;
    }
}
