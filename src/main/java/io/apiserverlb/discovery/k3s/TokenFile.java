package io.apiserverlb.discovery.k3s;

import io.apiserverlb.tls.TextFile;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The token in a file, read again when the file has changed.
 *
 * <p>What is no good is told once and leaves the last good token in use. For one thread; touches the disk.
 */
final class TokenFile {
    private final Path file;
    private final Consumer<String> warn;

    private @Nullable K3sToken good;
    private TextFile.@Nullable Stamp goodStamp;
    private TextFile.@Nullable Stamp lastStamp;
    private @Nullable String told;

    /** @param warn takes what is wrong with a later token */
    TokenFile(Path file, Consumer<String> warn) {
        this.file = file;
        this.warn = warn;
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
            warn.accept(problem);
        }
    }
}
