package io.apiserverlb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This host's name, which tells nodes of a fleet apart: the kernel's, without asking a name server. */
final class NodeName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private NodeName() {}

    /** {@code NODE_NAME} if set, as pods are told it, else the host name. */
    static String get() {
        String given = System.getenv("NODE_NAME");
        if (given != null && !given.isBlank()) {
            return given.strip();
        }
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException e) {
            return "localhost"; // not Linux
        }
    }
}
