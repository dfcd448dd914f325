package io.apiserverlb.check;

import io.netty.util.concurrent.Future;

/** Something that will happen on the event loop unless it is cancelled. */
record Timer(Future<?> future) {
    void cancel() {
        future.cancel(false);
    }
}
