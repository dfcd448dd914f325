package io.apiserverlb.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process has of the machine while nothing goes on.
 *
 * @param descriptors by kind
 * @param heap bytes after a collection
 * @param resident kilobytes
 */
record Resources(Map<String, Integer> descriptors, long heap, long resident) {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static Resources of(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
        long heap = 0;
        while (used.find()) {
            heap += Long.parseLong(used.group(1)) * 1024; // young, old, and what describes classes
        }
        Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc", String.valueOf(pid), "status")));
        return new Resources(descriptors(pid), heap, resident.find() ? Long.parseLong(resident.group(1)) : 0);
    }

    private static Map<String, Integer> descriptors(long pid) throws IOException {
        Map<String, Integer> count = new TreeMap<>();
        try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            for (Path descriptor : all.toList()) {
                count.merge(kind(descriptor), 1, Integer::sum);
            }
        }
        return count;
    }

    private static String kind(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            int colon = target.indexOf(':');
            return colon < 0 ? "file" : target.substring(0, colon);
        } catch (IOException closedMeanwhile) {
            return "closed";
        }
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        String.valueOf(pid),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("jcmd " + command + ": " + output);
        }
        return output;
    }

    int count(String kind) {
        return descriptors.getOrDefault(kind, 0);
    }
}
