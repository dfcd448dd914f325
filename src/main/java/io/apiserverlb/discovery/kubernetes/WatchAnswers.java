package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the time until a watch is answered and the length of each line of the answer, which the client leaves open, and tells how it is
 * answered, which the client keeps to itself.
 */
record WatchAnswers(Duration timeout, Listener listener) implements Interceptor {
    /** Is told by a thread of the client, before the watch is told of its end. */
    @FunctionalInterface
    interface Listener {
        /** The answer begins, with this status of HTTP. */
        void answered(int status);

        /** An event is larger than any answer may be, which ends the watch. */
        default void tooLarge() {}
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (isWatch(request) && builder instanceof HttpRequest.Builder watch) {
            var unused = watch.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        return isWatch(request) ? new Lines(consumer, listener) : consumer;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (isWatch(request)) {
            listener.answered(response.code());
        }
    }

    private static boolean isWatch(HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && List.of(query.split("&")).contains("watch=true");
    }

    /** Passes on what comes while its lines are short enough; the client would collect a line whatever its length. */
    private static final class Lines implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final AsyncBody.Consumer<List<ByteBuffer>> reader;
        private final Listener listener;
        private int length;

        Lines(AsyncBody.Consumer<List<ByteBuffer>> reader, Listener listener) {
            this.reader = reader;
            this.listener = listener;
        }

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) throws Exception {
            for (ByteBuffer buffer : buffers) {
                for (int i = buffer.position(); i < buffer.limit(); i++) {
                    length = buffer.get(i) == '\n' ? 0 : length + 1;
                    if (length > Asking.MAX_BYTES) {
                        listener.tooLarge();
                        throw new Asking.TooLargeException();
                    }
                }
            }
            reader.consume(buffers, body);
        }

        @Override
        public <U> U unwrap(Class<U> type) {
            return reader.unwrap(type);
        }
    }
}
