package io.apiserverlb.pool;

/**
 * The rules of rise, fall and soft-fall once more, told by results in a row: a server that is up has so many lives left, one that is down
 * has so many passes behind it.
 */
record HealthModel(
        Health.Thresholds thresholds,
        boolean known,
        boolean up,
        int lives,
        int passesInRow,
        int softInRow,
        boolean stopping,
        int passesWhileStopping) {

    static HealthModel trusted(Health.Thresholds thresholds) {
        return new HealthModel(thresholds, false, true, 1, 0, 0, false, 0);
    }

    static HealthModel unproven(Health.Thresholds thresholds) {
        return new HealthModel(thresholds, false, false, 0, thresholds.rise() - 1, 0, false, 0);
    }

    HealthModel after(Outcome outcome) {
        if (outcome == Outcome.NEUTRAL) {
            return this;
        }
        return up ? whileUp(outcome) : whileDown(outcome);
    }

    HealthModel withRise(int rise) {
        Health.Thresholds next = new Health.Thresholds(rise, thresholds.fall(), thresholds.softFall());
        return new HealthModel(
                next,
                known,
                up,
                lives,
                up ? passesInRow : Math.min(passesInRow, rise - 1),
                softInRow,
                stopping,
                passesWhileStopping);
    }

    private HealthModel whileDown(Outcome outcome) {
        if (outcome != Outcome.PASS) {
            return down(0);
        }
        return passesInRow + 1 < thresholds.rise() ? down(passesInRow + 1) : up(thresholds.fall(), 0, false, 0);
    }

    private HealthModel whileUp(Outcome outcome) {
        if (outcome == Outcome.HARD) {
            return stopping || lives == 1 ? down(0) : up(lives - 1, 0, false, 0);
        }
        if (outcome == Outcome.SOFT) {
            return up(lives, softInRow + 1, stopping || softInRow + 1 >= thresholds.softFall(), 0);
        }
        boolean enough = passesWhileStopping + 1 >= thresholds.rise();
        return stopping && !enough
                ? up(thresholds.fall(), 0, true, passesWhileStopping + 1)
                : up(thresholds.fall(), 0, false, 0);
    }

    private HealthModel down(int passes) {
        return new HealthModel(thresholds, true, false, 0, passes, 0, false, 0);
    }

    private HealthModel up(int livesLeft, int soft, boolean stops, int passes) {
        return new HealthModel(thresholds, true, true, livesLeft, 0, soft, stops, passes);
    }

    int credit() {
        return up ? thresholds.rise() - 1 + lives : passesInRow;
    }

    boolean usable() {
        return up && !stopping;
    }

    ServerState state() {
        if (!known) {
            return ServerState.UNCHECKED;
        }
        if (!up) {
            return passesInRow == 0 ? ServerState.DOWN : ServerState.GOING_UP;
        }
        if (stopping) {
            return ServerState.STOPPING;
        }
        return lives == thresholds.fall() ? ServerState.UP : ServerState.GOING_DOWN;
    }
}
