package io.apiserverlb.testing;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.springframework.test.context.BootstrapWith;

/**
 * Has every test class give back what it took: it fails if buffers, threads of the product or descriptors are left, or if Netty found a
 * leak.
 *
 * <p>Registered for all by the service loader. A class that Spring makes an application for is asked for leaks alone: the application
 * lives on for the next class that wants the same one. So is one that runs beside others, whose things could not be told from its own.
 */
public final class Leftovers implements BeforeAllCallback, AfterAllCallback {
    /**
     * Rooms that open descriptors themselves. Elsewhere they are those of libraries, which keep some for good (Helm's Go run-time, Jazzer's
     * agent) or until they are collected (the JDK's HTTP client).
     */
    private static final Pattern OPEN_DESCRIPTORS =
            Pattern.compile("io\\.apiserverlb\\.(check|pool|proxy|state|tls)\\.(?!.*FuzzTest$).*");

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Leftovers.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Leaks.watch();
        if (isAlone(context)) {
            context.getStore(NAMESPACE).put(Holdings.class, holdings(context));
        }
    }

    private static boolean isAlone(ExtensionContext context) {
        boolean outermost = context.getParent()
                .filter(parent -> parent.getTestClass().isPresent())
                .isEmpty();
        boolean parallel = context.getConfigurationParameter("junit.jupiter.execution.parallel.enabled")
                .map(Boolean::parseBoolean)
                .orElse(false);
        boolean spring = AnnotationSupport.isAnnotated(context.getRequiredTestClass(), BootstrapWith.class);
        return outermost && !parallel && !spring;
    }

    private static Holdings holdings(ExtensionContext context) {
        Holdings all = Holdings.now();
        String name = context.getRequiredTestClass().getName();
        return OPEN_DESCRIPTORS.matcher(name).matches() ? all : all.withoutDescriptors();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Holdings before = context.getStore(NAMESPACE).get(Holdings.class, Holdings.class);
        if (before != null) {
            awaitNoMoreThan(before, context);
        }
        List<String> leaks = Leaks.found();
        if (!leaks.isEmpty()) {
            throw new AssertionError("Netty found leaks, of this class or one before it: " + leaks);
        }
    }

    /** What nobody holds any more but the collector, such as an HTTP client's selector, goes with the next collection. */
    private static void awaitNoMoreThan(Holdings before, ExtensionContext context) {
        try {
            Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
                boolean nothing = holdings(context).beyond(before).isEmpty();
                if (!nothing) {
                    System.gc();
                }
                return nothing;
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "this class leaves behind: " + holdings(context).beyond(before), e);
        }
    }
}
