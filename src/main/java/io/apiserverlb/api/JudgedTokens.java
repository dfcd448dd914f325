package io.apiserverlb.api;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last tokens that turned out right or wrong, by their digests. Safe for use by any thread. */
final class JudgedTokens {
    private static final int MOST = 1_000;

    private final Map<ByteBuffer, Boolean> digests = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
            return size() > MOST;
        }
    };

    synchronized boolean have(String token) {
        return digests.get(digest(token)) != null;
    }

    synchronized void add(String token) {
        digests.put(digest(token), true);
    }

    synchronized void forget(String token) {
        digests.remove(digest(token));
    }

    private static ByteBuffer digest(String token) {
        return ByteBuffer.wrap(TokenFile.digest(token));
    }
}
