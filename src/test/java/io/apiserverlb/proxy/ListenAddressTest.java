package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @Test
    void readsBothFamilies() {
        assertThat(ListenAddress.parse("127.0.0.1:6444").sockets()).containsExactly(socket("127.0.0.1", 6444));
        assertThat(ListenAddress.parse("[::]:0").sockets()).containsExactly(socket("::", 0));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.5:6444,192.0.2.5",
        "127.0.0.2:0,127.0.0.2",
        "0.0.0.0:0,127.0.0.1",
        "[::]:6444,::1",
        "[2001:DB8:0::5]:6444,2001:db8::5",
        "localhost:6444,localhost"
    })
    void knowsWhatClientsOfThisHostCallIt(String text, String host) {
        assertThat(ListenAddress.parse(text).host()).isEqualTo(host);
    }

    @Test
    void takesLocalhostForBothLoopbackAddresses() {
        assertThat(ListenAddress.parse("localhost:1").sockets())
                .containsExactly(socket("127.0.0.1", 1), socket("::1", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:65536",
                "::1:80",
                "host:80",
                "[::1]",
                ":80",
                "1.2.3.4:-1"
            })
    void refusesWhatItCannotBind(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    private static InetSocketAddress socket(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }
}
