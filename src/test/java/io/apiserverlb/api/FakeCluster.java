package io.apiserverlb.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Knows one user by each token, and what each may do. */
final class FakeCluster implements ClusterReviews {
    /** Names by tokens. */
    volatile Map<String, String> users = Map.of();
    /** {@code <name> <verb> <path>}. */
    volatile Set<String> allowed = Set.of();

    volatile @Nullable String broken;
    final List<String> questions = new ArrayList<>();

    @Override
    public synchronized Optional<ClusterUser> user(String token) throws ReviewFailedException {
        fail();
        return Optional.ofNullable(users.get(token)).map(name -> new ClusterUser(name, null, List.of(), Map.of()));
    }

    @Override
    public synchronized boolean allows(ClusterUser user, String verb, String path) throws ReviewFailedException {
        fail();
        String question = user.name() + " " + verb + " " + path;
        questions.add(question);
        return allowed.contains(question);
    }

    private void fail() throws ReviewFailedException {
        if (broken != null) {
            throw new ReviewFailedException(broken);
        }
    }
}
