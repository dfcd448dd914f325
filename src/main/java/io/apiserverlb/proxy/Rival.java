package io.apiserverlb.proxy;

import io.apiserverlb.pool.ConnectFailure;
import io.apiserverlb.pool.Lease;
import io.netty.buffer.ByteBuf;

/** A server that is asked what another one does not answer. Confined to the session's event loop. */
final class Rival implements Leg.Owner {
    private final Opening opening;
    private final Leg leg;
    private final Lease lease;
    private final Retries retries;
    private final long askedAt;

    Rival(Opening opening, Leg leg, Lease lease, Retries retries, long askedAt) {
        this.opening = opening;
        this.leg = leg;
        this.lease = lease;
        this.retries = retries;
        this.askedAt = askedAt;
    }

    void ask(ByteBuf question) {
        leg.owner(this);
        leg.write(question);
        leg.read(true);
    }

    /** Its answer is not needed any more. */
    void abandon() {
        lease.abandon();
        leg.close(true);
    }

    /** It broke the connection. */
    void failed() {
        lease.failed(ConnectFailure.RESET);
        leg.close(true);
    }

    Leg leg() {
        return leg;
    }

    Lease lease() {
        return lease;
    }

    Retries retries() {
        return retries;
    }

    long askedAt() {
        return askedAt;
    }

    @Override
    public void received(ByteBuf bytes) {
        opening.answered(this, bytes);
    }

    @Override
    public void passedOn(int length) {
        throw new IllegalStateException("a rival has nobody to pass bytes on to");
    }

    @Override
    public void inputEnded() {
        opening.broke(this);
    }

    @Override
    public void outputEnded() {
        // It is asked, and no more.
    }

    @Override
    public void unblocked() {
        // Nobody waits for that.
    }

    @Override
    public void broken(Throwable cause) {
        opening.broke(this);
    }
}
