package io.apiserverlb.proxy;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** Listening sockets that were bound before this process began, by systemd or by the process that it takes over from. */
@FunctionalInterface
public interface InheritedListeners {
    /** There are none. */
    InheritedListeners NONE = address -> OptionalInt.empty();

    /** The descriptor of the one that is bound to this address, which from now on is the caller's to close. */
    OptionalInt take(InetSocketAddress address);
}
