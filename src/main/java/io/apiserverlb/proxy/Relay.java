package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Passes what one half of a session receives on to the other half.
 *
 * <p>Both halves share an event loop, so neither needs a lock. A half that cannot be written to stops the reading of its peer; the end
 * of input is passed on after all bytes; a reset is passed on as a reset.
 */
final class Relay implements Leg.Owner {
    private final Session session;
    private final Side side;
    private final Leg leg;
    private @Nullable Leg peer;
    private boolean inputEnded;
    private boolean outputEnded;

    Relay(Session session, Side side, Leg leg) {
        this.session = session;
        this.side = side;
        this.leg = leg;
    }

    /** Begins to pass bytes on. */
    void connect(Leg to) {
        peer = to;
        if (inputEnded) {
            to.endOutput();
        }
        leg.passOnTo(to);
        leg.read(!to.isBlocked());
    }

    /** Reads no more until it is connected again; what has been read already is kept by the session. */
    void disconnect() {
        peer = null;
        leg.read(false);
    }

    @Override
    public void received(ByteBuf bytes) {
        session.heard(side, bytes);
        if (peer != null) {
            peer.write(bytes);
            holdBack();
        }
    }

    @Override
    public void passedOn(int length) {
        session.passed(side, length);
        holdBack();
    }

    private void holdBack() {
        if (peer != null && peer.isBlocked()) {
            leg.read(false);
        }
    }

    @Override
    public void unblocked() {
        if (peer != null) {
            peer.read(true);
        }
    }

    @Override
    public void inputEnded() {
        inputEnded = true;
        session.inputEnded(side);
        if (peer == null || session.isEnded()) {
            return;
        }
        if (outputEnded && peer.endsAtClose()) {
            session.done();
        } else {
            peer.endOutput();
        }
    }

    @Override
    public void outputEnded() {
        outputEnded = true;
        session.outputEnded();
    }

    /** Whether this half has been sent all that it ever will. */
    boolean ended() {
        return outputEnded;
    }

    @Override
    public void broken(Throwable cause) {
        session.broken(side, Ending.brokenBy(side, cause));
    }
}
