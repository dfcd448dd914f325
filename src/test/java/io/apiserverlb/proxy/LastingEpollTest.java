package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastingEpollTest {

    @Test
    void waitsForAnErrorWhereNothingElseIsWaitedForAndNeverForTheEndAheadOfItsTime() throws Exception {
        EpollIoOps errorOnce = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);
        FakeEpoll epoll = new FakeEpoll();
        IoRegistration registration = new LastingEpoll(epoll).register(NO_HANDLE);

        registration.submit(EpollIoOps.EPOLLIN);
        registration.submit(EpollIoOps.EPOLLIN.without(EpollIoOps.EPOLLIN));
        registration.submit(EpollIoOps.EPOLLRDHUP);
        registration.submit(EpollIoOps.EPOLLRDHUP.with(EpollIoOps.EPOLLOUT));
        registration.submit(EpollIoOps.EPOLLRDHUP.with(EpollIoOps.EPOLLIN));

        assertThat(epoll.submitted)
                .containsExactly(EpollIoOps.EPOLLIN, errorOnce, errorOnce, EpollIoOps.EPOLLOUT, EpollIoOps.EPOLLIN);
    }

    private static final IoHandle NO_HANDLE = new IoHandle() {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {}
    };

    private static final class FakeEpoll implements IoHandler, IoRegistration {
        private final List<IoOps> submitted = new ArrayList<>();

        @Override
        public IoRegistration register(IoHandle handle) {
            return this;
        }

        @Override
        public long submit(IoOps ops) {
            submitted.add(ops);
            return 0;
        }

        @Override
        public int run(IoHandlerContext context) {
            return 0;
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }

        @Override
        @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"}) // Netty's signature
        public <T> T attachment() {
            return (T) this;
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public boolean cancel() {
            return true;
        }
    }
}
