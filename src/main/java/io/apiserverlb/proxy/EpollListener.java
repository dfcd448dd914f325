package io.apiserverlb.proxy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients by the kernel's calls alone. What they inherit from the listener is set once, on it. */
final class EpollListener implements Listener, EpollIoHandle {
    private static final Logger LOG = LoggerFactory.getLogger(EpollListener.class);
    /** Not to wait for anything, and yet to stay where it can be found: epoll_ctl(2) tells of errors always. */
    private static final EpollIoOps NOTHING = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);
    /** In a row; then those that have been accepted get their turn. */
    private static final int MOST_ACCEPTS = 16;
    /** Events, since it was last found that nobody was left. */
    private static final int RUSH = 16;
    /** The length of an address, as Netty writes it, and the longest address. */
    private static final int ADDRESS_SIZE = 1 + 24;

    private final Socket socket;
    private final IoEventLoop loop;
    private final Supplier<EpollLoop> next;
    private final SocketOptions options;
    private final Arrivals arrivals;
    private final InetSocketAddress address;
    private final SpareDescriptors spare = SpareDescriptors.ofThisProcess();
    private final byte[] from = new byte[ADDRESS_SIZE];
    private @Nullable IoRegistration registration;
    private boolean wanted;
    private int eventsInARow;

    /** @param next the loop of the next client */
    EpollListener(Socket socket, IoEventLoop loop, Supplier<EpollLoop> next, SocketOptions options, Arrivals arrivals) {
        this.socket = socket;
        this.loop = loop;
        this.next = next;
        this.options = options;
        this.arrivals = arrivals;
        this.address = socket.localAddress();
    }

    void open() {
        onLoop(() -> {
            registration = loop.register(this).getNow();
            submit();
        });
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.submit(task).syncUninterruptibly();
        }
    }

    private void submit() {
        if (registration != null && registration.isValid()) {
            registration.submit(wanted ? EpollIoOps.EPOLLIN : NOTHING);
        }
    }

    @Override
    public void accept(boolean accepting) {
        wanted = accepting;
        submit();
    }

    /**
     * Accepts one client, as those who are there get their turn: to look for another costs as much as to be told of it. After a row of
     * events that each brought somebody there is a rush, and several are accepted until there is nobody.
     */
    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        int most = eventsInARow < RUSH ? 1 : MOST_ACCEPTS;
        eventsInARow++;
        for (int accepts = 0; accepts < most && wanted && socket.isOpen(); accepts++) {
            int client;
            try {
                client = socket.accept(from);
            } catch (IOException e) {
                arrivals.failed(e);
                return;
            }
            if (client < 0) {
                eventsInARow = 0;
                return;
            }
            if (spare.include(client)) {
                arrivals.scarce();
            }
            accepted(new Socket(client), NativeInetAddress.address(from, 1, from[0]));
        }
    }

    private void accepted(Socket client, InetSocketAddress remote) {
        EpollLoop theirs = next.get();
        boolean anyLocal = address.getAddress().isAnyLocalAddress();
        EpollLeg leg = EpollLeg.accepted(theirs, client, remote, anyLocal ? client.localAddress() : address);
        try {
            if (!arrivals.admit(leg)) {
                leg.refuse();
            } else if (theirs.loop().inEventLoop()) {
                arrived(leg);
            } else {
                theirs.loop().execute(() -> arrived(leg));
            }
        } catch (RuntimeException e) { // that loop ends
            LOG.debug("{} cannot be served", remote, e);
            leg.refuse();
        }
    }

    private void arrived(EpollLeg client) {
        try {
            client.register();
            options.applyToAccepted(client);
            if (client.isOpen()) {
                arrivals.arrived(client);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // not to be the loop's
            LOG.error("{} cannot be served", client.remote(), e);
            client.close(true);
        }
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public int descriptor() {
        return socket.intValue();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            onLoop(this::closeNow);
        }
    }

    private void closeNow() {
        // First: epoll goes on to tell of a socket that another process has as well, and of what is closed nobody can
        // tell it.
        Objects.requireNonNull(registration).cancel();
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed all the same: close(2)
        }
    }
}
