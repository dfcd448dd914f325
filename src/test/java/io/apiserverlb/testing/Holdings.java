package io.apiserverlb.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process has at a moment of the things that have to be given back.
 *
 * @param threads of the product and of what it is made of
 * @param descriptors number and target of each that is a socket, a pipe or of the kernel's
 */
record Holdings(Set<Object> buffers, Set<Thread> threads, Map<String, String> descriptors) {
    /** In the records of a buffer that Netty makes once, for ever. */
    private static final String CONSTANT = "LeakPresenceDetector.staticInitializer";

    private static final Predicate<String> THREAD = Pattern.compile(
                    "^(lb-|multiThreadIoEventLoop|nioEventLoop|epollEventLoop|http-nio-)")
            .asPredicate();
    /** A server has so many of them as its connections ask for at the time. */
    private static final Pattern WORKER = Pattern.compile("(http-nio-.*)-exec-[0-9]+");

    private static final Predicate<String> DESCRIPTOR =
            Pattern.compile("^(socket:|pipe:|anon_inode:)").asPredicate();

    static {
        try { // once, the JDK opens a socket that all others are made like when they are closed
            new ServerSocket(0).close();
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Holdings now() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> THREAD.test(thread.getName()))
                .collect(Collectors.toSet());
        return new Holdings(Leaks.buffers(), threads, descriptorsNow());
    }

    private static Map<String, String> descriptorsNow() {
        Map<String, String> targets = new HashMap<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            all.forEach(path -> target(path, targets));
        } catch (IOException e) {
            return Map.of(); // not Linux
        }
        return targets;
    }

    private static void target(Path path, Map<String, String> targets) {
        try {
            String target = Files.readSymbolicLink(path).toString();
            if (DESCRIPTOR.test(target)) {
                targets.put(path.getFileName().toString(), target);
            }
        } catch (IOException e) {
            // closed meanwhile
        }
    }

    Holdings withoutDescriptors() {
        return new Holdings(buffers, threads, Map.of());
    }

    /** What there is more than there was, in words. */
    Set<String> beyond(Holdings before) {
        Set<String> more = new TreeSet<>();
        buffers.stream()
                .filter(buffer -> !before.buffers.contains(buffer))
                .map(Object::toString)
                .filter(records -> !records.contains(CONSTANT))
                .forEach(records -> more.add("buffer " + records));
        Set<Thread> begun = new HashSet<>(threads);
        begun.removeAll(before.threads);
        begun.removeIf(before::hasServerOf);
        begun.forEach(thread -> more.add("thread " + thread.getName()));
        if (descriptors.size() > before.descriptors.size()) {
            more.add(descriptors.size() - before.descriptors.size() + " descriptors of " + opened(before));
        }
        return more;
    }

    /** Whether a thread works for a web server that there is: of an application, say, that lives on for the classes that want it. */
    private boolean hasServerOf(Thread thread) {
        Matcher worker = WORKER.matcher(thread.getName());
        return worker.matches()
                && threads.stream().anyMatch(other -> other.getName().equals(worker.group(1) + "-Poller"));
    }

    private Set<String> opened(Holdings before) {
        Set<String> opened = new TreeSet<>(descriptors.values());
        opened.removeAll(before.descriptors.values());
        return opened;
    }
}
