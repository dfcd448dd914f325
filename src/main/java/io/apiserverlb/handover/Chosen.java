package io.apiserverlb.handover;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of the listeners on offer the next process uses, in the words that it says it with.
 *
 * @param places counted from 0, in the order in which they were handed over
 */
record Chosen(Set<Integer> places) {
    private static final Pattern PLACE = Pattern.compile("\\d{1,3}");

    Chosen {
        places = Set.copyOf(places);
    }

    /**
     * Reads what the next process says.
     *
     * @param offered how many there are
     * @throws HandoverException if it names something else
     */
    static Chosen parse(String words, int offered) throws HandoverException {
        Set<Integer> places = new LinkedHashSet<>();
        for (String word : words.isEmpty() ? new String[0] : words.split(" ", -1)) {
            if (!PLACE.matcher(word).matches() || Integer.parseInt(word) >= offered) {
                throw new HandoverException("it wants listeners that were not offered");
            }
            places.add(Integer.parseInt(word));
        }
        return new Chosen(places);
    }

    String words() {
        Stream<Integer> inOrder = places.stream().sorted();
        return inOrder.map(String::valueOf).collect(Collectors.joining(" "));
    }
}
