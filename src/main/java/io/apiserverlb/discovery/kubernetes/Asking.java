package io.apiserverlb.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
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
 * Asks a cluster, each question for so long and no longer, and takes answers no larger than 1 MiB; what does not keep to it loses its
 * connection.
 *
 * @param limit until an answer begins, and again until it ends
 */
record Asking(Duration limit) {
    static final int MAX_BYTES = 1 << 20;

    /** Waits for the list. */
    <L extends KubernetesResourceList<?>> L list(KubernetesClient client, EndpointKind<?, L> kind)
            throws QuestionFailedException {
        byte[] answer = answer(client, request(client, kind.path()), EndpointKind.question("list", kind.plural()));
        return parsed(client.getKubernetesSerialization(), kind, answer);
    }

    /** Waits for what the cluster makes of a review. */
    <A> A create(KubernetesClient client, Review<A> review) throws QuestionFailedException {
        KubernetesSerialization serialization = client.getKubernetesSerialization();
        HttpRequest.Builder request =
                request(client, review.path()).post("application/json", serialization.asJson(review.object()));
        return read(serialization, review.answer(), answer(client, request, review.question()));
    }

    private HttpRequest.Builder request(KubernetesClient client, String path) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(client.getConfiguration().getMasterUrl()).resolve(path))
                .header("Accept", "application/json")
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private byte[] answer(KubernetesClient client, HttpRequest.Builder request, String question)
            throws QuestionFailedException {
        Bytes bytes = new Bytes();
        CompletableFuture<HttpResponse<AsyncBody>> beginning =
                client.getHttpClient().consumeBytes(request.build(), bytes);
        try {
            // The client itself is to notice first, since it knows at what.
            HttpResponse<AsyncBody> response = await(beginning, limit.multipliedBy(2));
            try {
                if (!response.isSuccessful()) {
                    throw QuestionFailedException.refused(question, response.code());
                }
                response.body().consume();
                await(response.body().done(), limit);
            } finally {
                response.body().cancel();
            }
        } finally {
            beginning.cancel(true);
        }
        return bytes.all();
    }

    private static <A> A await(Future<A> answer, Duration limit) throws QuestionFailedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw QuestionFailedException.because(QuestionFailedException.NO_SERVER + ": an answer does not end", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TooLargeException) {
                throw QuestionFailedException.because(QuestionFailedException.TOO_LARGE, e);
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
        L list = read(serialization, kind.list(), answer);
        if (list.getMetadata() == null || !isWhole(list.getItems())) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
        }
        return list;
    }

    private static <A> A read(KubernetesSerialization serialization, Class<A> type, byte[] answer)
            throws QuestionFailedException {
        try {
            A read = serialization.unmarshal(new ByteArrayInputStream(answer), type);
            if (read != null) {
                return read;
            }
        } catch (RuntimeException e) {
            throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, e);
        }
        throw QuestionFailedException.because(QuestionFailedException.UNREADABLE, null);
    }

    private static boolean isWhole(@Nullable List<? extends HasMetadata> items) {
        return items != null && items.stream().allMatch(Following::isNamed);
    }

    static final class TooLargeException extends IOException {
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
