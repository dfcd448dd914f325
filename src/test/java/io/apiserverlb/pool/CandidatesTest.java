package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final int SERVERS = 100;

    private final RandomGenerator random = new SplittableRandom(1);

    private Server server(int number) {
        ServerAddress address = new ServerAddress("10.0.0." + number, 6443);
        return new Server(
                address,
                Place.of(Set.of(Origin.MANAGED), null),
                new Setting(AdminState.READY, 1 + random.nextInt(Setting.MAX_WEIGHT)),
                Condition.unseen(Health.trusted(new Health.Thresholds(2, 3, 1))),
                Instant.EPOCH,
                new Load(address, 0));
    }

    @Test
    void findsTheNearestServerWithoutTheLogarithmOfEveryHash() {
        Tier tier = new Tier(
                IntStream.rangeClosed(1, SERVERS).mapToObj(this::server).toList());
        Weights weights = tier.weightsAt(0, new SlowStart(0));

        for (int client = 0; client < 5_000; client++) {
            long hash = random.nextLong();
            int nearest = new Candidates(tier, weights, null, hash, random).nearest();
            assertThat(score(tier, weights, hash, nearest))
                    .isEqualTo(IntStream.range(0, SERVERS)
                            .mapToDouble(i -> score(tier, weights, hash, i))
                            .max()
                            .getAsDouble());
        }
    }

    private static double score(Tier tier, Weights weights, long clientHash, int index) {
        double hash = ((Hash.mix(clientHash ^ tier.hashes[index]) >>> 11) + 0.5) / 0x1p53;
        return -weights.each[index] / Math.log(hash);
    }
}
