package io.apiserverlb.handover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Accepts callers on a socket that another process may have as well.
 *
 * <p>Tomcat's own way to end a blocked accept is to connect to itself, which the other process could answer; and it closes whom it accepts
 * while it is paused.
 */
final class SharedEndpoint extends NioEndpoint {
    private @Nullable WebListeners listeners;
    private @Nullable Callers callers;
    private volatile @Nullable Listening listening;
    private volatile boolean leftToOther;
    private volatile boolean unlocked;

    private record Listening(ServerSocketChannel socket, Selector selector, SelectionKey key) {
        static Listening of(ServerSocketChannel socket) throws IOException {
            socket.configureBlocking(false);
            Selector selector = Selector.open();
            return new Listening(socket, selector, socket.register(selector, 0));
        }

        /** Waits for a caller, or until it is woken, or closed. */
        @Nullable
        SocketChannel accept(BooleanSupplier wanted) throws IOException {
            try {
                key.interestOps(wanted.getAsBoolean() ? SelectionKey.OP_ACCEPT : 0);
                int callers = selector.select(ready -> {});
                return callers > 0 && wanted.getAsBoolean() ? socket.accept() : null;
            } catch (ClosedSelectorException | CancelledKeyException | ClosedChannelException e) {
                return null;
            }
        }

        void close() throws IOException {
            selector.close();
            socket.close();
        }
    }

    void use(WebListeners sockets, Callers told) {
        listeners = sockets;
        callers = told;
    }

    @Override
    protected void initServerSocket() throws IOException {
        WebListeners sockets = Objects.requireNonNull(listeners);
        int port = getPortWithOffset();
        InetSocketAddress address =
                getAddress() == null ? new InetSocketAddress(port) : new InetSocketAddress(getAddress(), port);
        ServerSocketChannel socket = sockets.open(address, getAcceptCount());
        try {
            socketProperties.setProperties(socket.socket());
            listening = Listening.of(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
        leftToOther = sockets.add(this);
    }

    int descriptor() {
        try {
            return ForeignSockets.descriptor(Objects.requireNonNull(listening).socket());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void leaveToOther(boolean other) {
        leftToOther = other;
        wake();
    }

    private void wake() {
        Listening now = listening;
        if (now != null) {
            now.selector().wakeup();
        }
    }

    /** Nobody, where Tomcat has asked to be woken: it stops then, or pauses. */
    @Override
    protected @Nullable SocketChannel serverSocketAccept() throws IOException {
        while (!unlocked) {
            Listening now = listening;
            if (now == null) {
                return null;
            }
            SocketChannel caller = now.accept(() -> !leftToOther && !isPaused());
            if (caller != null) {
                return caller;
            }
        }
        unlocked = false;
        return null;
    }

    @Override
    protected void unlockAccept() {
        unlocked = true;
        wake();
    }

    @Override
    protected boolean setSocketOptions(@Nullable SocketChannel caller) {
        if (caller == null) {
            countDownConnection();
            return true;
        }
        Objects.requireNonNull(callers).arrived(connected());
        return super.setSocketOptions(caller);
    }

    private List<Callers.Caller> connected() {
        List<Callers.Caller> connected = new ArrayList<>();
        for (SocketWrapperBase<NioChannel> wrapper : getConnections()) {
            SocketChannel connection = wrapper.getSocket().getIOChannel();
            if (connection != null) { // else it has just been closed
                connected.add(new Callers.Caller(connection, ((NioSocketWrapper) wrapper).getLastRead()));
            }
        }
        return connected;
    }

    @Override
    protected SocketProcessorBase<NioChannel> createSocketProcessor(
            SocketWrapperBase<NioChannel> caller, SocketEvent event) {
        return new Served(caller, event);
    }

    private final class Served extends SocketProcessor {
        Served(SocketWrapperBase<NioChannel> caller, SocketEvent event) {
            super(caller, event);
        }

        @Override
        protected void doRun() {
            Callers told = Objects.requireNonNull(callers);
            SocketChannel connection = socketWrapper.getSocket().getIOChannel();
            if (connection != null) { // else it has just been closed
                told.served(connection);
            }
            try {
                super.doRun();
            } finally {
                told.done();
            }
        }
    }

    @Override
    protected void destroySocket(@Nullable SocketChannel caller) {
        if (caller == null) {
            countDownConnection();
        } else {
            super.destroySocket(caller);
        }
    }

    @Override
    protected @Nullable NetworkChannel getServerSocket() {
        Listening now = listening;
        return now == null ? null : now.socket();
    }

    @Override
    protected void doCloseServerSocket() throws IOException {
        Listening last = listening;
        listening = null;
        Objects.requireNonNull(listeners).remove(this);
        if (last != null) {
            last.close();
        }
    }
}
