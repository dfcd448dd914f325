package io.apiserverlb.discovery.k3s;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import io.apiserverlb.tls.TextFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The token in a file, read again when the file has changed.
 *
 * <p>What is no good is told once and leaves the last good token in use. For one thread; touches the disk.
 */
final class TokenFile {
    private final Path file;
    private final Events events;

    private @Nullable K3sToken good;
    private TextFile.@Nullable Stamp goodStamp;
    private TextFile.@Nullable Stamp lastStamp;
    private @Nullable String told;

    TokenFile(Path file, Events events) {
        this.file = file;
        this.events = events;
    }

    /** @throws K3sTokenException if there has been no good one yet */
    K3sToken current() {
        TextFile.Stamp stamp = new TextFile(file).stamp();
        lastStamp = stamp;
        K3sToken last = good;
        if (last != null && stamp.equals(goodStamp)) {
            told = null;
            return last;
        }
        try {
            K3sToken read = K3sToken.read(file);
            good = read;
            goodStamp = stamp;
            told = null;
            return read;
        } catch (K3sTokenException e) {
            if (last == null) {
                throw e;
            }
            tell(e.getMessage() + "; the token that was read before stays in use");
            return last;
        }
    }

    /** Whether it is another file than when the token was asked for last. */
    boolean hasChanged() {
        return !new TextFile(file).stamp().equals(lastStamp);
    }

    private void tell(String problem) {
        if (!problem.equals(told)) {
            told = problem;
            events.record(Event.Type.DISCOVERY, Event.Severity.WARN, K3sDiscovery.ACTOR, problem);
        }
    }
}
