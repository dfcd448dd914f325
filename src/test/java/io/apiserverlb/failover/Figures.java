package io.apiserverlb.failover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What was measured, for whoever wants more than passed or failed: a line for each run of a scenario in one file. */
final class Figures {
    private static final Path FILE = Path.of("target", "failover-figures.txt");

    private Figures() {}

    static synchronized void note(String scenario, Object... figures) {
        StringBuilder line = new StringBuilder(scenario).append(": ");
        for (Object figure : figures) {
            line.append(figure);
        }
        System.out.println(line);
        try {
            Files.writeString(FILE, line.append('\n'), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
