package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnsentTest {
    static {
        Epoll.ensureAvailability();
    }

    private final Blocks blocks = new Blocks(100_000);
    private final Pipes pipes = new Pipes();
    private final Unsent unsent = new Unsent(blocks, pipes);
    private final byte[] content = new byte[10_000];
    private ServerSocket server;
    private LinuxSocket socket;

    @BeforeEach
    void connect() throws IOException {
        new Random(1).nextBytes(content);
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = LinuxSocket.newSocketStream();
        if (!socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()))) {
            await().until(socket::finishConnect);
        }
    }

    @AfterEach
    void close() throws IOException {
        unsent.release();
        blocks.close();
        pipes.close();
        socket.close();
        server.close();
    }

    @Test
    void sendsInOrderWhatHasBeenAddedInParts() throws IOException {
        ByteBuf bytes = Unpooled.wrappedBuffer(content);
        unsent.add(bytes, 0, 1);
        unsent.add(bytes, 1, 511);
        unsent.add(bytes, 512, 1);
        unsent.add(bytes, 513, content.length - 513);
        assertThat(blocks.inUse()).isEqualTo(16_384);

        unsent.send(socket);

        assertThat(unsent.isEmpty()).isTrue();
        assertThat(blocks.inUse()).isZero();
        assertThat(server.accept().getInputStream().readNBytes(content.length)).isEqualTo(content);
    }

    @Test
    void givesBackWhatNobodyWillTake() {
        unsent.add(Unpooled.wrappedBuffer(content), 0, 700);

        unsent.release();

        assertThat(unsent.isEmpty()).isTrue();
        assertThat(blocks.inUse()).isZero();
    }
}
