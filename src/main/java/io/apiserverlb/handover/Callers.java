package io.apiserverlb.handover;

import java.nio.channels.SocketChannel;
import java.util.Collection;

/** Who is told of the callers of a web server; by its threads, which must not be held up. */
public interface Callers {
    /**
     * Another caller has been accepted.
     *
     * @param others that are connected
     */
    void arrived(Collection<Caller> others);

    /** A thread of the web server's begins to do what a caller asks. */
    void served(SocketChannel caller);

    /** It has ended. */
    void done();

    /**
     * One that is connected.
     *
     * @param lastHeard when it was heard last, in milliseconds since 1970
     */
    record Caller(SocketChannel connection, long lastHeard) {}
}
