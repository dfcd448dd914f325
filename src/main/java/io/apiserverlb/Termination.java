package io.apiserverlb;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
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

    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicBoolean asked = new AtomicBoolean();

    /** The start is over: from now on it can be stopped in order, and so it is if that was asked meanwhile. */
    void allow() {
        started.countDown();
    }

    void install() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler end = (proxy, method, arguments) -> {
                end((int) signal.getMethod("getNumber").invoke(arguments[0]));
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

    private void end(int signal) {
        int code = SIGNAL_EXIT + signal;
        if (asked.getAndSet(true)) {
            Runtime.getRuntime().halt(code);
        }
        // Waiting and stopping take their time, and the next signal needs this thread.
        new Thread(() -> exit(code), "lb-exit").start();
    }

    /** What has half started would say at the end of its start that it is ready, whatever is being stopped. */
    private void exit(int code) {
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(code);
    }
}
