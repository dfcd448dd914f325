package io.apiserverlb;

import io.apiserverlb.api.ClusterReviews;
import io.apiserverlb.api.ClusterUser;
import io.apiserverlb.discovery.kubernetes.CallerReviews;
import io.apiserverlb.discovery.kubernetes.KubernetesUser;
import io.apiserverlb.discovery.kubernetes.NotReviewedException;
import java.util.Optional;

/** What {@code api} asks the cluster, in the words of the room that asks it. */
record Reviews(CallerReviews reviews) implements ClusterReviews {
    @Override
    public Optional<ClusterUser> user(String token) throws ReviewFailedException {
        try {
            return reviews.user(token)
                    .map(user -> new ClusterUser(user.name(), user.uid(), user.groups(), user.extra()));
        } catch (NotReviewedException e) {
            throw new ReviewFailedException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean allows(ClusterUser user, String verb, String path) throws ReviewFailedException {
        try {
            return reviews.allows(new KubernetesUser(user.name(), user.uid(), user.groups(), user.extra()), verb, path);
        } catch (NotReviewedException e) {
            throw new ReviewFailedException(String.valueOf(e.getMessage()));
        }
    }
}
