package io.apiserverlb.handover;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes channels of the JDK's of descriptors that another process has opened, and finds the descriptors of channels.
 *
 * <p>The JDK does so itself for descriptor 0 only ({@link System#inheritedChannel}), hence by reflection: {@code sun.nio.ch} must be open to
 * this class, as the manifest of the jar says.
 */
public final class ForeignSockets {
    private static final String CHANNEL = "sun.nio.ch.ServerSocketChannelImpl";
    private static final String CALLS = "sun.nio.ch.IOUtil";

    private ForeignSockets() {}

    /**
     * A channel of a listening socket, which then is the channel's to close.
     *
     * @throws IOException if the JDK does not let itself be asked
     */
    static ServerSocketChannel channel(int descriptor) throws IOException {
        return reflectively(() -> {
            Constructor<?> constructor = Class.forName(CHANNEL)
                    .getDeclaredConstructor(
                            SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class, boolean.class);
            constructor.setAccessible(true);
            return (ServerSocketChannel) constructor.newInstance(
                    SelectorProvider.provider(), StandardProtocolFamily.INET6, fileDescriptor(descriptor), true);
        });
    }

    /** The descriptor of a channel, which stays the channel's. */
    static int descriptor(ServerSocketChannel channel) throws IOException {
        return reflectively(() -> {
            Method number = Class.forName(CHANNEL).getDeclaredMethod("getFDVal");
            number.setAccessible(true);
            return (int) number.invoke(channel);
        });
    }

    /** Has no call on this descriptor wait: O_NONBLOCK of fcntl(2), for all who share the socket. */
    public static void nonBlocking(int descriptor) throws IOException {
        reflectively(() -> {
            Method configure =
                    Class.forName(CALLS).getDeclaredMethod("configureBlocking", FileDescriptor.class, boolean.class);
            configure.setAccessible(true);
            configure.invoke(null, fileDescriptor(descriptor), false);
            return descriptor;
        });
    }

    private static FileDescriptor fileDescriptor(int descriptor) throws ReflectiveOperationException {
        Method make = Class.forName(CALLS).getDeclaredMethod("newFD", int.class);
        make.setAccessible(true);
        return (FileDescriptor) make.invoke(null, descriptor);
    }

    private interface Reflection<T> {
        T get() throws ReflectiveOperationException;
    }

    private static <T> T reflectively(Reflection<T> asked) throws IOException {
        try {
            return asked.get();
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IOException(
                    "sockets of other processes can be used only where the JVM was started with java -jar, or with"
                            + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED",
                    e);
        }
    }
}
