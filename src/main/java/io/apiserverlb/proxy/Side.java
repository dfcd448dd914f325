package io.apiserverlb.proxy;

/** One of the two halves of a session. */
enum Side {
    CLIENT,
    SERVER
}
