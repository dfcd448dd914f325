package io.apiserverlb.proxy;

/** What a client gets when every server was tried for it in vain. */
public enum ZeroServers {
    /** A reset at once. */
    RESET,
    /** A reset, and further clients find the listener closed until a server is usable again. */
    REFUSE,
    /** Every server again on each change of the list and each second, until the budget is used up. */
    WAIT
}
