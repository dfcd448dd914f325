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
import java.util.function.IntConsumer;

/**
 * Bounds the time until a watch is answered, which the client leaves open, and tells how, which the client keeps to itself.
 *
 * @param statuses takes the HTTP status of each answer, on a thread of the client, before the watch is told of its end
 */
record WatchAnswers(Duration timeout, IntConsumer statuses) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (isWatch(request) && builder instanceof HttpRequest.Builder watch) {
            var unused = watch.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (isWatch(request)) {
            statuses.accept(response.code());
        }
    }

    private static boolean isWatch(HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && List.of(query.split("&")).contains("watch=true");
    }
}
