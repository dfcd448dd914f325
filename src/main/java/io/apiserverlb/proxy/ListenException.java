package io.apiserverlb.proxy;

import java.net.InetSocketAddress;

/** An address that cannot be listened on, with the reason in words. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient InetSocketAddress address;

    ListenException(InetSocketAddress address, Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
        this.address = address;
    }

    /** What could not be bound. */
    public InetSocketAddress address() {
        return address;
    }
}
