package io.apiserverlb.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection by the kernel's calls alone: one read and one write for what is passed on, and no buffer of its own unless the other end
 * does not take it. Bulk goes by splice(2), without being copied.
 *
 * <p>Edge-triggered (epoll(7)): told once of what came, so that pausing and going on costs no call.
 */
final class EpollLeg implements Leg, EpollIoHandle {
    private static final EpollIoOps INPUT_ONLY =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
    private static final EpollIoOps INPUT_AND_OUTPUT = INPUT_ONLY.with(EpollIoOps.EPOLLOUT);
    private static final int INPUT = Native.EPOLLIN | Native.EPOLLRDHUP | Native.EPOLLERR;
    private static final int OUTPUT = Native.EPOLLOUT | Native.EPOLLERR;
    /** In a row; then others get their turn. */
    private static final int MOST_READS = 16;
    /** Reads in a row that filled the whole buffer: from then on it is bulk. */
    private static final int BULK_AFTER = 2;

    private final EpollLoop epoll;
    private final Socket socket;
    private final InetSocketAddress remote;
    private final Unsent unsent;
    private @Nullable InetSocketAddress local;
    private @Nullable IoRegistration registration;
    private boolean toldOfOutput;

    private @Nullable Owner owner;
    private @Nullable Runnable closed;
    private @Nullable Consumer<@Nullable Throwable> connected;
    private @Nullable Throwable connectFailure;

    private @Nullable EpollLeg peer;
    private int fullReads;
    private boolean connecting;
    private boolean open = true;
    private boolean wanted;
    private boolean readable;
    private boolean readingLater;
    private boolean hungUp;
    private boolean inputEnded;
    private boolean ending;

    private EpollLeg(EpollLoop epoll, Socket socket, InetSocketAddress remote, @Nullable InetSocketAddress local) {
        this.epoll = epoll;
        this.socket = socket;
        this.remote = remote;
        this.unsent = new Unsent(epoll.blocks(), epoll.pipes());
        this.local = local;
    }

    /**
     * One that a client has made, and that does not take part in its event loop yet.
     *
     * @param local where it was accepted, or null if the socket has to be asked
     */
    static EpollLeg accepted(
            EpollLoop epoll, Socket socket, InetSocketAddress remote, @Nullable InetSocketAddress local) {
        return new EpollLeg(epoll, socket, remote, local);
    }

    /**
     * Takes part in its event loop from now on; on that loop.
     *
     * @throws IOException if there is no room for it
     */
    void register() throws IOException {
        register(INPUT_ONLY);
    }

    /** Resets a client that has not been registered; by the thread that accepted it. */
    void refuse() {
        open = false;
        linger();
        closeNow();
    }

    private void register(EpollIoOps what) throws IOException {
        toldOfOutput = what.equals(INPUT_AND_OUTPUT);
        try {
            registration = epoll.register(this);
            registration.submit(what);
        } catch (RuntimeException e) { // Netty's, with the kernel's inside
            throw new IOException(e);
        }
    }

    /** One that is being made. */
    static EpollLeg connecting(EpollLoop epoll, Socket socket, InetSocketAddress target) {
        EpollLeg leg = new EpollLeg(epoll, socket, target, null);
        leg.connecting = true;
        try {
            socket.connect(target);
            leg.register(INPUT_AND_OUTPUT);
        } catch (IOException | NotYetConnectedException e) {
            leg.connected(e);
        }
        return leg;
    }

    private void connected(@Nullable Throwable failure) {
        if (!connecting || !open) {
            return;
        }
        connecting = false;
        connectFailure = failure;
        if (failure != null) {
            close(false);
        }
        if (connected != null) {
            connected.accept(failure);
        }
    }

    @Override
    public void whenConnected(Consumer<@Nullable Throwable> done) {
        connected = done;
        if (!connecting) {
            epoll.loop().execute(() -> done.accept(connectFailure));
        }
    }

    /** What goes wrong here must not reach the loop: it would drop what it was told of other connections, or end. */
    @Override
    public void handle(IoRegistration from, IoEvent event) {
        try {
            ready(((EpollIoEvent) event).ops().value());
        } catch (RuntimeException | OutOfMemoryError e) {
            giveUp(e);
        }
    }

    private void giveUp(Throwable cause) {
        epoll.complain(this, cause);
        try {
            broken(cause);
        } finally {
            close(true);
        }
    }

    private void ready(int ops) {
        if (connecting) {
            finishConnect(ops);
        }
        if (open && (ops & OUTPUT) != 0 && isBlocked()) {
            flush();
        }
        if (open && (ops & INPUT) != 0) {
            hungUp |= (ops & Native.EPOLLRDHUP) != 0;
            readable = true;
            readAll();
            if (open && (ops & Native.EPOLLERR) != 0 && (inputEnded || !wanted)) {
                lookForError();
            }
        }
    }

    private void finishConnect(int ops) {
        try {
            // Asking for the error takes it away.
            if ((ops & Native.EPOLLERR) != 0 && !socket.finishConnect()) {
                return;
            }
            if ((ops & OUTPUT) != 0) {
                connected(null);
            }
        } catch (IOException e) {
            connected(e);
        }
    }

    /** Reading would come upon it, but nobody reads. */
    private void lookForError() {
        try {
            socket.finishConnect();
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void read(boolean wanted) {
        this.wanted = wanted;
        if (wanted && readable && !readingLater) {
            readingLater = true;
            epoll.loop().execute(this::readLater);
        }
    }

    private void readLater() {
        readingLater = false;
        try {
            readAll();
        } catch (RuntimeException | OutOfMemoryError e) {
            giveUp(e);
        }
    }

    private void readAll() {
        for (int reads = 0; readable && wanted && open && !inputEnded; reads++) {
            if (reads == MOST_READS) {
                tellAgain();
                return;
            }
            if (fullReads < BULK_AFTER || peer == null || !splice(peer)) {
                copy();
            }
        }
    }

    /** To change what a registration waits for has epoll look again what there is: epoll_ctl(2). */
    private void tellAgain() {
        Objects.requireNonNull(registration).submit(toldOfOutput ? INPUT_AND_OUTPUT : INPUT_ONLY);
    }

    private void copy() {
        int size = epoll.readSize();
        int length;
        try {
            length = socket.recvAddress(epoll.address(), 0, size);
        } catch (IOException e) {
            broken(e);
            return;
        }
        boolean full = length == size;
        fullReads = full ? fullReads + 1 : 0;
        // Less than asked for was all there was; more to come is another event, but for an end that has been told
        // already.
        readable = full || (length > 0 && hungUp);
        if (length > 0) {
            told().received(epoll.received(length));
        } else if (length < 0) {
            inputEnded = true;
            told().inputEnded();
        }
    }

    /** Whether that was possible, and there was something. */
    private boolean splice(EpollLeg to) {
        Pipe through = to.open && !to.isBlocked() ? epoll.pipes().take() : null;
        if (through == null) {
            return false;
        }
        int length;
        try {
            length = through.fill(socket);
        } catch (IOException | NotYetConnectedException e) {
            epoll.pipes().giveBack(through);
            broken(lost(e));
            return true;
        }
        if (length == 0) {
            epoll.pipes().giveBack(through);
            fullReads = 0;
            return false; // nothing, or the end: a read will tell
        }
        to.take(through);
        if (open) {
            told().passedOn(length);
        }
        return true;
    }

    @Override
    public void write(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (!open || ending || length == 0) {
            return;
        }
        try {
            int sent = 0;
            if (!isBlocked()) {
                sent = send(bytes);
            }
            if (sent < length) {
                unsent.add(bytes, bytes.readerIndex() + sent, length - sent);
                tellOfOutput();
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private int send(ByteBuf bytes) throws IOException {
        if (epoll.isReceived(bytes)) { // of which the address is known, where asking for it makes objects
            return socket.sendAddress(epoll.address(), bytes.readerIndex(), bytes.writerIndex());
        }
        return Unsent.send(socket, bytes);
    }

    private void tellOfOutput() {
        if (!toldOfOutput) {
            toldOfOutput = true;
            Objects.requireNonNull(registration).submit(INPUT_AND_OUTPUT);
        }
    }

    private void take(Pipe full) {
        unsent.add(full);
        if (send() && isBlocked()) {
            tellOfOutput();
        }
    }

    private void flush() {
        if (send() && !isBlocked()) {
            if (ending) {
                shutDownOutput();
            } else {
                told().unblocked();
            }
        }
    }

    /** Of what waits, as much as goes now; false if the connection broke. */
    private boolean send() {
        try {
            unsent.send(socket);
            return true;
        } catch (IOException e) {
            broken(e);
            return false;
        }
    }

    @Override
    public boolean isBlocked() {
        return !unsent.isEmpty();
    }

    @Override
    public void endOutput() {
        if (!open) {
            return;
        }
        ending = true;
        if (!isBlocked()) {
            shutDownOutput();
        }
    }

    private void shutDownOutput() {
        try {
            socket.shutdown(false, true);
        } catch (IOException | NotYetConnectedException e) {
            broken(lost(e));
            return;
        }
        told().outputEnded();
    }

    /** What Netty makes of ENOTCONN is no mistake of ours: the connection was reset, of which we are still to be told. */
    private static Exception lost(Exception e) {
        return e instanceof NotYetConnectedException ? new IOException("connection reset", e) : e;
    }

    private void broken(Throwable cause) {
        if (owner == null) {
            close(true);
        } else {
            owner.broken(cause);
        }
    }

    private Owner told() {
        return Objects.requireNonNull(owner);
    }

    @Override
    public void owner(Owner next) {
        owner = next;
    }

    @Override
    public void passOnTo(Leg next) {
        peer = (EpollLeg) next;
    }

    @Override
    public void whenClosed(Runnable task) {
        Runnable before = closed;
        closed = before == null
                ? task
                : () -> {
                    before.run();
                    task.run();
                };
    }

    @Override
    public EventLoop loop() {
        return epoll.loop();
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        if (local == null) {
            local = socket.localAddress();
        }
        return local;
    }

    @Override
    public @Nullable TcpInfo tcpInfo() {
        try {
            return TcpInfo.of(socket);
        } catch (IOException | ChannelException e) {
            return null;
        }
    }

    @Override
    public void userTimeout(int millis) {
        try {
            SocketOptions.setUserTimeout(socket, millis);
        } catch (IOException | ChannelException e) {
            broken(e);
        }
    }

    @Override
    public boolean endsAtClose() {
        return !isBlocked();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close(boolean reset) {
        if (!open) {
            return;
        }
        open = false;
        wanted = false;
        if (reset) {
            linger();
        }
        unsent.release();
        epoll.bury(this);
    }

    /** The kernel then sends a reset instead of an end: SO_LINGER of socket(7). */
    private void linger() {
        try {
            socket.setSoLinger(0);
        } catch (IOException | ChannelException e) {
            // reset by the other end
        }
    }

    void closeNow() {
        if (!socket.isOpen()) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed all the same: close(2)
        }
        if (registration != null) {
            registration.cancel();
        }
        if (closed != null) {
            closed.run();
        }
    }

    // ---- what epoll needs

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    /** The event loop ends. */
    @Override
    public void close() {
        if (open) {
            broken(new ClosedChannelException());
            close(true);
        }
        closeNow();
    }
}
