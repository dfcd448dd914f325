package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipesTest {
    static {
        Epoll.ensureAvailability(); // loads what pipes are made by
    }

    private final Pipes pipes = new Pipes();
    private final List<Pipe> taken = new ArrayList<>();

    @AfterEach
    void close() {
        taken.forEach(Pipe::close);
        pipes.close();
    }

    private Pipe take() {
        Pipe pipe = Objects.requireNonNull(pipes.take());
        taken.add(pipe);
        return pipe;
    }

    private void giveBack(Pipe pipe) {
        taken.remove(pipe);
        pipes.giveBack(pipe);
    }

    @Test
    void hasOneForTheNextWhenItIsGivenBack() {
        Pipe first = take();
        giveBack(first);

        assertThat(take()).isSameAs(first);
    }

    @Test
    void hasOnlySoManyAtATime() {
        Set<Pipe> all = new HashSet<>();
        Stream.generate(pipes::take)
                .takeWhile(Objects::nonNull)
                .map(Objects::requireNonNull)
                .forEach(all::add);
        taken.addAll(all);

        assertThat(all).hasSize(16);
        giveBack(taken.get(0));
        assertThat(take()).isNotNull();
        assertThat(pipes.take()).isNull();
    }

    @Test
    void passesNothingOnToTheNextThatWasMeantForAnother() throws Exception {
        Pipe left = take();
        FileDescriptor[] source = FileDescriptor.pipe();
        try {
            source[1].write(ByteBuffer.allocateDirect(10), 0, 10);
            assertThat(left.fill(source[0])).isEqualTo(10);
            giveBack(left);

            Pipe next = take();
            assertThat(next).isNotSameAs(left);
            assertThat(next.isEmpty()).isTrue();
        } finally {
            source[0].close();
            source[1].close();
        }
    }
}
