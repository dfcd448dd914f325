package io.apiserverlb.broken.util;

final class InNoRoom {
    static String breach() {
        return "a package that the picture does not show";
    }
}
