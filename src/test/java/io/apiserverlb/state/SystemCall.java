package io.apiserverlb.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the system calls that a thread makes.
 *
 * @param name such as {@code rename}
 * @param turn how many of this name the thread has made by then, itself included
 * @param text as strace(1) writes it
 */
record SystemCall(String name, int turn, String text) {
    private static final Pattern CALL = Pattern.compile("([a-z0-9_]+)\\(.*");

    /** Of a trace, those that have to do with this folder, by a file's name or by one that is open; in order. */
    static List<SystemCall> about(String folder, List<String> trace) {
        Map<String, Integer> turns = new HashMap<>();
        List<SystemCall> calls = new ArrayList<>();
        for (String line : trace) {
            Matcher call = CALL.matcher(line);
            if (call.matches()) {
                String name = call.group(1);
                int turn = turns.merge(name, 1, Integer::sum);
                if (line.contains(folder)) {
                    calls.add(new SystemCall(name, turn, line));
                }
            }
        }
        return calls;
    }

    /** What strace is told for something to happen to this very call. */
    String inject(String what) {
        return "inject=" + name + ":" + what + ":when=" + turn;
    }

    boolean is(String called, String about) {
        return name.equals(called) && text.contains(about);
    }

    @Override
    public String toString() {
        return "call " + turn + " of " + name + ": " + text;
    }
}
