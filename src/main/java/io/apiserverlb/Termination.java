package io.apiserverlb;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process at SIGTERM or SIGINT in order, and at once when asked a second time.
 *
 * <p>The JDK's one way to see a signal is {@code sun.misc.Signal}, kept on purpose in {@code jdk.unsupported} (JEP 260) but not to be
 * compiled against without a warning that cannot be switched off: hence by reflection.
 */
final class Termination {
    /** What a shell sees of a process that died of a signal, less the signal's number. */
    private static final int SIGNAL_EXIT = 128;

    private Termination() {}

    static void install() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            AtomicBoolean asked = new AtomicBoolean();
            InvocationHandler end = (proxy, method, arguments) -> {
                end((int) signal.getMethod("getNumber").invoke(arguments[0]), asked);
                return null;
            };
            Object ending = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, end);
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ending);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signals", e);
        }
    }

    private static void end(int signal, AtomicBoolean asked) {
        int code = SIGNAL_EXIT + signal;
        if (asked.getAndSet(true)) {
            Runtime.getRuntime().halt(code);
        }
        // Exit waits until everything has stopped; the next signal needs this thread.
        new Thread(() -> System.exit(code), "lb-exit").start();
    }
}
