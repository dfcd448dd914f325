package io.apiserverlb.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.proxy.ClientHello.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    private static final int EXTENSIONS_LENGTH_FROM_END = 4;

    /** What a real client says first. */
    static byte[] hello(String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("kubernetes.default.svc", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), bytes);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** The same with one more extension. */
    private static byte[] with(byte[] hello, int extension) {
        byte[] longer = Arrays.copyOf(hello, hello.length + EXTENSIONS_LENGTH_FROM_END);
        longer[hello.length + 1] = (byte) extension;
        ByteBuf view = Unpooled.wrappedBuffer(longer);
        view.setShort(3, view.getShort(3) + 4);
        view.setMedium(6, view.getMedium(6) + 4);
        int extensions = 5 + 4 + 34;
        extensions += 1 + view.getUnsignedByte(extensions);
        extensions += 2 + view.getUnsignedShort(extensions);
        extensions += 1 + view.getUnsignedByte(extensions);
        view.setShort(extensions, view.getShort(extensions) + 4);
        return longer;
    }

    private static Kind look(byte[] bytes) {
        return ClientHello.look(Unpooled.wrappedBuffer(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3", "TLSv1.2,TLSv1.3"})
    void knowsARealOneByItsLastByte(String protocols) throws Exception {
        byte[] hello = hello(protocols.split(","));

        for (int length = 0; length < hello.length; length++) {
            assertThat(look(Arrays.copyOf(hello, length))).as(length + " bytes").isEqualTo(Kind.UNFINISHED);
        }
        assertThat(look(hello)).isEqualTo(Kind.COMPLETE);
    }

    @Test
    void doesNotTakeWhatHasMoreBehindIt() throws Exception {
        byte[] hello = hello("TLSv1.3");

        assertThat(look(Arrays.copyOf(hello, hello.length + 1))).isEqualTo(Kind.OTHER);
    }

    @Test
    void doesNotTakeOneThatAnnouncesEarlyData() throws Exception {
        byte[] hello = hello("TLSv1.3");

        assertThat(look(with(hello, 42))).isEqualTo(Kind.OTHER);
        assertThat(look(with(hello, 43 + 100))).as("any other extension").isEqualTo(Kind.COMPLETE);
    }

    @Test
    void takesOneWithoutExtensions() {
        ByteBuf hello = Unpooled.buffer();
        hello.writeByte(22).writeShort(0x0301).writeShort(45).writeByte(1).writeMedium(41);
        hello.writeShort(0x0303)
                .writeZero(32)
                .writeByte(0)
                .writeShort(2)
                .writeShort(0x1301)
                .writeByte(1)
                .writeByte(0);

        assertThat(ClientHello.look(hello)).isEqualTo(Kind.COMPLETE);
    }

    @Test
    void doesNotTakeOtherMessages() throws Exception {
        byte[] hello = hello("TLSv1.3");
        hello[5] = 2;
        assertThat(look(hello)).isEqualTo(Kind.OTHER);
        assertThat(look("GET / HTTP/1.1\r\n".getBytes(US_ASCII))).isEqualTo(Kind.OTHER);
        assertThat(look(new byte[] {22, 2})).isEqualTo(Kind.OTHER);
        assertThat(look(new byte[] {22, 3, 1, 0x40, 1, 1, 0, 0x3f, (byte) 0xfd}))
                .as("too long")
                .isEqualTo(Kind.OTHER);
        assertThat(look(new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0}))
                .as("too short")
                .isEqualTo(Kind.OTHER);
        assertThat(look(new byte[] {22, 3, 1, 0, 9, 1, 0, 9, 9}))
                .as("over several records")
                .isEqualTo(Kind.OTHER);
    }

    @Test
    void takesNothingThatItCannotReadAndNeverFails() throws Exception {
        Random random = new Random(7);
        byte[] hello = hello("TLSv1.2", "TLSv1.3");
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = hello.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            assertThat(look(damaged)).isNotNull();
        }
    }
}
