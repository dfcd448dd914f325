package io.apiserverlb.proxy;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Keeps some of the descriptors that this process may open from sessions: for REST, checks, the state file.
 *
 * <p>The kernel gives the lowest number that is free, so a high number says how few are left: nothing has to be counted.
 */
public final class SpareDescriptors {
    private static final String LIMIT = "Max open files";
    /** More than callers of the web servers can take, who are 128. */
    private static final int MOST = 192;
    /** Of the limit, where it is low. */
    private static final int SHARE = 4;

    private final long from;

    /** @param limit how many this process may open */
    SpareDescriptors(long limit) {
        this.from = limit - Math.min(MOST, limit / SHARE);
    }

    static SpareDescriptors ofThisProcess() {
        return new SpareDescriptors(limit().orElse(Long.MAX_VALUE));
    }

    /** How many descriptors this process may open, where the system tells it. */
    public static OptionalLong limit() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/limits"));
            return lines.stream()
                    .filter(line -> line.startsWith(LIMIT))
                    .map(line -> line.substring(LIMIT.length()).strip().split("\\s+", 2)[0])
                    .filter(soft -> soft.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // not Linux
        }
    }

    /** Whether this descriptor is one of those that are kept. */
    boolean include(int descriptor) {
        return descriptor >= from;
    }

    /** Whether the next one would be. */
    boolean areNext() {
        try {
            FileDescriptor[] pipe = FileDescriptor.pipe();
            boolean spare = include(pipe[0].intValue());
            pipe[0].close();
            pipe[1].close();
            return spare;
        } catch (IOException e) {
            return true;
        }
    }
}
