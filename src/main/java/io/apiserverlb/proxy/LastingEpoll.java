package io.apiserverlb.proxy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, but a channel that waits for nothing at the moment stays registered.
 *
 * <p>Netty (4.2.18) takes such a channel out of epoll and then cannot bring it back: the next change of its interest fails with ENOENT and
 * closes it. That is the fate of a half-closed connection whose reading is paused for back-pressure. Here it waits for an error instead,
 * which epoll reports anyway; edge-triggered, so that a hang-up that nobody acts on does not make the loop spin.
 */
record LastingEpoll(IoHandler epoll) implements IoHandler {
    private static final EpollIoOps ERROR_ONCE = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    static IoHandlerFactory factory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new LastingEpoll(factory.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return factory.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(epoll.register(handle));
    }

    private static EpollIoOps lasting(EpollIoOps ops) {
        // Told of the end of input ahead of its time, Netty reads all that came before it, wanted or not: up to a whole
        // receive buffer, 32 MiB today. Whoever reads comes to the end by reading.
        EpollIoOps wanted = ops.without(EpollIoOps.EPOLLRDHUP);
        return wanted.equals(EpollIoOps.NONE) ? ERROR_ONCE : wanted;
    }

    private record Registration(IoRegistration epoll) implements IoRegistration {
        @Override
        public long submit(IoOps ops) {
            return epoll.submit(lasting((EpollIoOps) ops));
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
        public <T> T attachment() {
            return epoll.attachment();
        }

        @Override
        public boolean isValid() {
            return epoll.isValid();
        }

        @Override
        public boolean cancel() {
            return epoll.cancel();
        }
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }
}
