package io.apiserverlb.discovery.kubernetes;

import io.apiserverlb.pool.ServerAddress;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind: a list of them, and then a watch that keeps it up to date until it ends. For one thread, which is also that of the
 * client's tasks. A server that is broken may tell of objects without end: what is more than a cluster can have is not followed.
 */
final class Following<T extends HasMetadata, L extends KubernetesResourceList<T>> implements Watcher<T>, AutoCloseable {
    /** Is told by the thread of the client's tasks, never from within {@link #watch}. */
    interface Reader {
        void changed(Following<?, ?> following);

        /** The watch tells of more than is followed, and the list no longer is what the cluster says. */
        void overflowed(Following<?, ?> following, String problem);

        void ended(Following<?, ?> following);
    }

    private static final int MOST_OBJECTS = 1_000;
    /** Of all of them in JSON: more than a list may have by as much as its writer and ours may differ. */
    private static final int MOST_CHARACTERS = 2 * Asking.MAX_BYTES;

    private final KubernetesClient client;
    private final EndpointKind<T, L> kind;
    private final Reader reader;
    private final String version;
    private final Map<String, Held<T>> objects = new TreeMap<>();
    private @Nullable Watch watch;

    private record Held<T>(T object, int characters) {}

    private Following(KubernetesClient client, EndpointKind<T, L> kind, Reader reader, L list) {
        this.client = client;
        this.kind = kind;
        this.reader = reader;
        this.version = list.getMetadata().getResourceVersion();
        list.getItems().forEach(this::put);
    }

    /** Waits for the list. */
    static <T extends HasMetadata, L extends KubernetesResourceList<T>> Following<T, L> list(
            KubernetesClient client, EndpointKind<T, L> kind, Reader reader, Asking asking)
            throws QuestionFailedException {
        Following<T, L> following = new Following<>(client, kind, reader, asking.list(client, kind));
        if (following.isTooMuch()) {
            throw QuestionFailedException.because(following.tooMuch(), null);
        }
        return following;
    }

    /** Begins to watch, and does not wait for the answer. Whatever happens after the list is told by the watch. */
    void watch() {
        var since = new ListOptionsBuilder().withResourceVersion(version).build();
        watch = kind.query().apply(client).watch(since, this);
    }

    /** Of the kind, as in RBAC. */
    String plural() {
        return kind.plural();
    }

    /** Whether a change of it could be told. */
    static boolean isNamed(@Nullable HasMetadata object) {
        return object != null
                && object.getMetadata() != null
                && object.getMetadata().getName() != null;
    }

    private void put(T object) {
        int characters = client.getKubernetesSerialization().asJson(object).length();
        objects.put(object.getMetadata().getName(), new Held<>(object, characters));
    }

    private boolean isTooMuch() {
        return objects.size() > MOST_OBJECTS
                || objects.values().stream().mapToLong(Held::characters).sum() > MOST_CHARACTERS;
    }

    private String tooMuch() {
        return "the cluster has more " + kind.plural() + " than can be followed: at most " + MOST_OBJECTS
                + " and 2 MiB";
    }

    /**
     * All addresses of all objects.
     *
     * @param leftOut takes in words what is not among them though it is there
     */
    List<ServerAddress> addresses(Consumer<String> leftOut) {
        Set<ServerAddress> union = new LinkedHashSet<>();
        objects.values().forEach(held -> union.addAll(kind.addresses().apply(held.object(), leftOut)));
        return List.copyOf(union);
    }

    @Override
    public void eventReceived(Action action, T object) {
        if (!isNamed(object)) {
            return;
        }
        switch (action) {
            case ADDED, MODIFIED -> put(object);
            case DELETED -> objects.remove(object.getMetadata().getName());
            default -> {
                return;
            }
        }
        if (isTooMuch()) {
            reader.overflowed(this, tooMuch());
        } else {
            reader.changed(this);
        }
    }

    @Override
    public void onClose() {
        reader.ended(this);
    }

    @Override
    public void onClose(WatcherException cause) {
        reader.ended(this);
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
