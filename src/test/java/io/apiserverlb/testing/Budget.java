package io.apiserverlb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What a unit of work may cost, as {@code budget.properties} has it. */
public final class Budget {
    private static final String OTHER = "other";
    private static final String UP_TO = "<=";

    private final String unit;
    private final Map<String, Limit> limits = new TreeMap<>();

    private record Limit(boolean exact, double value) {
        static Limit parse(String text) {
            boolean exact = !text.startsWith(UP_TO);
            return new Limit(exact, Double.parseDouble(exact ? text : text.substring(UP_TO.length())));
        }

        boolean allows(double cost) {
            return exact ? cost == value : cost <= value;
        }
    }

    private Budget(String unit) {
        this.unit = unit;
    }

    /** Reads what is allowed of this unit. */
    public static Budget of(String unit) throws IOException {
        Properties all = new Properties();
        try (InputStream file = Budget.class.getResourceAsStream("/budget.properties")) {
            all.load(file);
        }
        Budget budget = new Budget(unit);
        for (String key : all.stringPropertyNames()) {
            if (key.startsWith(unit + ".")) {
                budget.limits.put(key.substring(unit.length() + 1), Limit.parse(all.getProperty(key)));
            }
        }
        assertThat(budget.limits).as("the budget of " + unit).isNotEmpty();
        return budget;
    }

    /** Says what a unit has cost, and fails unless each cost is in the budget. */
    public void check(Map<String, Double> costs) {
        Map<String, Double> counted = counted(costs);
        System.out.println(unit + ": " + counted);
        List<String> breaches = new ArrayList<>();
        limits.forEach((name, limit) -> {
            double cost = counted.getOrDefault(name, 0.0);
            if (!limit.allows(cost)) {
                breaches.add(String.format(
                        Locale.ROOT,
                        "%s: %.2f, the budget is %.2f (%+.2f); it is %s.%s in src/test/resources/budget.properties",
                        name,
                        cost,
                        limit.value(),
                        cost - limit.value(),
                        unit,
                        name));
            }
        });
        assertThat(breaches).as("what a unit of %s costs: %s", unit, costs).isEmpty();
    }

    /** Whether none of it is above the budget. */
    public boolean allows(Map<String, Double> costs) {
        Map<String, Double> counted = counted(costs);
        return limits.entrySet().stream()
                .allMatch(each -> each.getValue().allows(counted.getOrDefault(each.getKey(), 0.0)));
    }

    /** By limit; what has none is summed. */
    private Map<String, Double> counted(Map<String, Double> costs) {
        Map<String, Double> counted = new TreeMap<>();
        costs.forEach((name, cost) -> counted.merge(limits.containsKey(name) ? name : OTHER, cost, Double::sum));
        return counted;
    }
}
