package io.apiserverlb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ValveTest {
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final ReadCounter transport = new ReadCounter();
    private final Valve valve = new Valve(connection);

    @BeforeEach
    void install() {
        connection.pipeline().addLast(transport, valve);
    }

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @Test
    void letsBytesThroughAtFirst() {
        connection.writeOutbound("answer");
        connection.read();

        assertThat(connection.<String>readOutbound()).isEqualTo("answer");
        assertThat(transport.reads).isEqualTo(1);
    }

    @Test
    void holdsBackAnswersUntilItIsOpenedAgain() {
        valve.turn(false);
        connection.writeOutbound("answer");
        assertThat(connection.<String>readOutbound()).isNull();

        valve.turn(true);

        assertThat(connection.<String>readOutbound()).isEqualTo("answer");
    }

    @Test
    void readsNothingWhileShutWhoeverAsks() {
        valve.turn(false);

        connection.read();

        assertThat(transport.reads).isZero();
        assertThat(connection.config().isAutoRead()).isFalse();
    }

    @Test
    void readsAgainWhenItIsOpenedAgain() {
        valve.turn(false);

        valve.turn(true);

        assertThat(transport.reads).isEqualTo(1);
        assertThat(connection.config().isAutoRead()).isTrue();
    }

    private static final class ReadCounter extends ChannelOutboundHandlerAdapter {
        private int reads;

        @Override
        public void read(ChannelHandlerContext ctx) {
            reads++;
            ctx.read();
        }
    }
}
