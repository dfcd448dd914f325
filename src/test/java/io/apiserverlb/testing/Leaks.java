package io.apiserverlb.testing;

import io.netty.buffer.AbstractByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What Netty's leak detector, which watches every buffer in tests, knows of buffers. */
final class Leaks {
    private static final ResourceLeakDetector<ByteBuf> DETECTOR = detector();
    private static final Set<?> OPEN = open(DETECTOR);
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    private Leaks() {}

    /** Has leaks remembered from now on. */
    static void watch() {
        DETECTOR.setLeakListener((type, records) -> FOUND.add(type + records));
    }

    /** Those that were found since this was asked last. */
    static List<String> found() {
        List<String> found = new ArrayList<>();
        for (String leak = FOUND.poll(); leak != null; leak = FOUND.poll()) {
            found.add(leak);
        }
        return found;
    }

    /** What is known of each buffer that has not been released. */
    static Set<Object> buffers() {
        return new HashSet<>(OPEN);
    }

    @SuppressWarnings("unchecked")
    private static ResourceLeakDetector<ByteBuf> detector() {
        try {
            Field field = AbstractByteBuf.class.getDeclaredField("leakDetector");
            field.setAccessible(true);
            return (ResourceLeakDetector<ByteBuf>) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Netty has its leak detector elsewhere", e);
        }
    }

    private static Set<?> open(ResourceLeakDetector<ByteBuf> detector) {
        try {
            Field field = ResourceLeakDetector.class.getDeclaredField("allLeaks");
            field.setAccessible(true);
            return (Set<?>) field.get(detector);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Netty's leak detector has its buffers elsewhere", e);
        }
    }
}
