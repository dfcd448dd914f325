package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster for lists, each for so long and no longer, and no larger than 1 MiB; what does not keep to it loses its connection.
 *
 * @param limit until an answer begins, and again until it ends
 */
record Asking(Duration limit) {
    private static final int MAX_BYTES = 1 << 20;

    /** Waits for the list. */
    <L extends KubernetesResourceList<?>> L list(KubernetesClient client, EndpointKind<?, L> kind)
            throws QuestionFailedException {
        HttpClient http = client.getHttpClient();
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(URI.create(client.getConfiguration().getMasterUrl()).resolve(kind.path()))
                .header("Accept", "application/json")
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        Bytes bytes = new Bytes();
        CompletableFuture<HttpResponse<AsyncBody>> beginning = http.consumeBytes(request, bytes);
        try {
            // The client itself is to notice first, since it knows at what.
            HttpResponse<AsyncBody> response = await(beginning, limit.multipliedBy(2));
            try {
                if (!response.isSuccessful()) {
                    throw QuestionFailedException.refused("list", kind.plural(), response.code());
                }
                response.body().consume();
                await(response.body().done(), limit);
            } finally {
                response.body().cancel();
            }
        } finally {
            beginning.cancel(true);
        }
        return parsed(client.getKubernetesSerialization(), kind, bytes.all());
    }

    private static <A> A await(Future<A> answer, Duration limit) throws QuestionFailedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw QuestionFailedException.because("no server reachable: an answer does not end", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TooLargeException) {
                throw QuestionFailedException.because("an answer is larger than 1 MiB", e);
            }
            throw QuestionFailedException.withoutAnswer(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("closed");
        }
    }

    static <L extends KubernetesResourceList<?>> L parsed(
            KubernetesSerialization serialization, EndpointKind<?, L> kind, byte[] answer)
            throws QuestionFailedException {
        try {
            L list = serialization.unmarshal(new ByteArrayInputStream(answer), kind.list());
            if (list != null && list.getMetadata() != null && isWhole(list.getItems())) {
                return list;
            }
        } catch (RuntimeException e) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, e);
        }
        throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
    }

    private static boolean isWhole(@Nullable List<? extends HasMetadata> items) {
        return items != null && items.stream().allMatch(Following::isNamed);
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** What has come, which is read when all has. */
    private static final class Bytes implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) throws IOException {
            for (ByteBuffer buffer : buffers) {
                if (bytes.size() + buffer.remaining() > MAX_BYTES) {
                    throw new TooLargeException();
                }
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.write(part);
            }
            body.consume();
        }

        byte[] all() {
            return bytes.toByteArray();
        }
    }
}
