package io.apiserverlb.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the servers wrote down of the transfers that reached them. */
final class Ledgers {
    /**
     * One transfer, seen from a server.
     *
     * @param how {@code fin}, or what went wrong; null if its process did not live to tell
     */
    record Served(
            int server,
            long id,
            long begunAt,
            long endedAt,
            long received,
            long sent,
            @Nullable String how) {
        boolean heardTheEnd() {
            return "fin".equals(how);
        }

        @Override
        public String toString() {
            return "server " + server + " received " + received + ", sent " + sent + ", " + how;
        }
    }

    private final Map<Long, List<Served>> byId = new HashMap<>();

    /**
     * Reads what one server wrote.
     *
     * @param size of the file when the run began: what is before is not of this run
     */
    void read(int server, Path file, long size) throws IOException {
        Map<Long, Served> open = new HashMap<>();
        for (String line : lines(file, size)) {
            String[] words = line.split(" ", 7);
            long id = Long.parseLong(words[1]);
            long at = Long.parseLong(words[2]);
            if (words[0].equals("begin")) {
                open.put(id, new Served(server, id, at, Long.MAX_VALUE, 0, 0, null));
            } else {
                Served begun = open.remove(id);
                long begunAt = begun == null ? at : begun.begunAt();
                add(new Served(
                        server, id, begunAt, at, Long.parseLong(words[3]), Long.parseLong(words[4]), words(words)));
            }
        }
        open.values().forEach(this::add);
    }

    private static String words(String[] words) {
        return words.length > 6 ? words[5] + " " + words[6] : words[5];
    }

    private static List<String> lines(Path file, long from) throws IOException {
        try {
            byte[] all = Files.readAllBytes(file);
            return new String(all, (int) from, all.length - (int) from, StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (NoSuchFileException nobodyCame) {
            return List.of();
        }
    }

    private void add(Served served) {
        byId.computeIfAbsent(served.id(), id -> new ArrayList<>()).add(served);
    }

    /** More than one: a transfer that was given to two servers. */
    List<Served> of(long id) {
        return byId.getOrDefault(id, List.of());
    }
}
