package io.apiserverlb.proxy;

/**
 * What it took to connect a client, as HAProxy's tcplog tells it.
 *
 * @param count attempts beside the last one
 * @param redispatched whether another server was taken than at first
 */
record Retries(int count, boolean redispatched) {
    static final Retries NONE = new Retries(0, false);

    /** One more, on another server. */
    Retries another() {
        return new Retries(count + 1, true);
    }

    @Override
    public String toString() {
        return (redispatched ? "+" : "") + count;
    }
}
