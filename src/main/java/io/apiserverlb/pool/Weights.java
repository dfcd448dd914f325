package io.apiserverlb.pool;

/** What the servers of a tier weigh at one moment, ready for a choice. */
final class Weights {
    final double[] each;

    /** Of each server 1/weight: how long its turn is, and what one session means to it. */
    final double[] turns;

    /** Of each server the sum of the weights up to its own. */
    final double[] upTo;

    final double heaviest;

    /** @param each all above 0, at least one */
    Weights(double[] each) {
        this.each = each;
        this.turns = new double[each.length];
        this.upTo = new double[each.length];
        double sum = 0;
        double most = 0;
        for (int i = 0; i < each.length; i++) {
            sum += each[i];
            turns[i] = 1 / each[i];
            upTo[i] = sum;
            most = Math.max(most, each[i]);
        }
        this.heaviest = most;
    }

    double total() {
        return upTo[upTo.length - 1];
    }
}
