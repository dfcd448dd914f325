package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnAddressTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void tellsTheListenerItself() throws Exception {
        OwnAddress own = own(new InetSocketAddress(LOOPBACK, 6444));

        assertThat(own.test(server("127.0.0.1:6444"))).isTrue();
        assertThat(own.test(server("127.0.0.1:6443"))).isFalse();
        assertThat(own.test(server("10.0.0.5:6444"))).isFalse();
    }

    @Test
    void tellsEveryAddressOfThisHostWhereTheListenerHasAll() throws Exception {
        OwnAddress own = own(new InetSocketAddress(6444));

        assertThat(own.test(server("10.0.0.5:6444"))).isTrue();
        assertThat(own.test(server("10.0.0.6:6444"))).isFalse();
    }

    @Test
    void knowsWhatLocalhostIs() throws Exception {
        OwnAddress own = own(new InetSocketAddress(LOOPBACK, 6444));

        assertThat(own.test(server("localhost:6444"))).isTrue();
        assertThat(own.test(server("LOCALHOST:6444"))).isTrue();
        assertThat(own.test(server("localhost:6443"))).isFalse();
        assertThat(own(new InetSocketAddress(server("[::1]:6444").ip().orElseThrow(), 6444))
                        .test(server("localhost:6444")))
                .isTrue();
    }

    @Test
    void cannotTellAnyOtherNameBeforeItIsResolved() throws Exception {
        assertThat(own(new InetSocketAddress(LOOPBACK, 6444)).test(server("localhost.localdomain:6444")))
                .isFalse();
    }

    private static OwnAddress own(InetSocketAddress listener) throws Exception {
        Set<InetAddress> local = Set.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 5}));
        return new OwnAddress(() -> List.of(listener), local::contains);
    }

    private static ServerAddress server(String text) {
        return ServerAddress.parse(text, 6443);
    }
}
