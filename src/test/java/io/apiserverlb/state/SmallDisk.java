package io.apiserverlb.state;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A file system of 64 KiB in memory; tests that need it are skipped where this process may not mount one. */
record SmallDisk(Path folder) implements AutoCloseable {

    static SmallDisk mountedAt(Path folder) {
        return mountedAt(folder, "size=64k");
    }

    static SmallDisk mountedAt(Path folder, String options) {
        Assumptions.assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", options, "none", folder.toString()), "mounting is not allowed");
        return new SmallDisk(folder);
    }

    void remount(String option) {
        if (!succeeds("mount", "-o", "remount," + option, folder.toString())) {
            throw new IllegalStateException("cannot remount " + option);
        }
    }

    @Override
    public void close() {
        succeeds("umount", "-l", folder.toString());
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
