package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "10.1.2.3/8, 10.0.0.0/8",
        "192.168.1.255/31, 192.168.1.254/31",
        "10.1.2.3, 10.1.2.3/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "255.255.255.255/1, 128.0.0.0/1",
        "2001:DB8:0:0::/32, 2001:db8::/32",
        "2001:db8:ffff::1/33, 2001:db8:8000::/33",
        "::1, ::1/128",
        "::/0, ::/0",
        "::ffff:10.1.2.3, 10.1.2.3/32",
        "::ffff:10.1.2.3/104, 10.0.0.0/8",
        "::ffff:0:0/96, 0.0.0.0/0",
    })
    void readsEverySpellingAndWritesOne(String spelling, String normal) {
        assertThat(Cidr.parse(spelling)).hasToString(normal).isEqualTo(Cidr.parse(normal));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            10.0.0.256/8 | '10.0.0.256' is not an IP address
            master/8 | 'master' is not an IP address
            "" | '' is not an IP address
            10.0.0.0/33 | '10.0.0.0/33' does not end in a prefix between 0 and 32
            10.0.0.0/ | '10.0.0.0/' does not end in a prefix between 0 and 32
            10.0.0.0/-1 | '10.0.0.0/-1' does not end in a prefix between 0 and 32
            10.0.0.0/08 | '10.0.0.0/08' does not end in a prefix between 0 and 32
            10.0.0.0/255.0.0.0 | '10.0.0.0/255.0.0.0' does not end in a prefix between 0 and 32
            ::/129 | '::/129' does not end in a prefix between 0 and 128
            ::ffff:10.0.0.0/95 | '::ffff:10.0.0.0/95' does not end in a prefix between 96 and 128
            fe80::1%eth0/64 | 'fe80::1%eth0': an address with a zone has a meaning on one host only
            [::1]/128 | '[::1]' is not an IP address
            """)
    void saysWhatIsWrong(String text, String message) {
        assertThatExceptionOfType(InvalidAddressException.class)
                .isThrownBy(() -> Cidr.parse(text))
                .withMessage(message);
    }

    @Test
    void refusesAPrefixThatTheFamilyDoesNotHave() throws Exception {
        InetAddress address = InetAddress.getByName("10.0.0.1");

        assertThatIllegalArgumentException().isThrownBy(() -> new Cidr(address, 33));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cidr(address, -1));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "192.168.1.128/25, 192.168.1.128, true",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.6, false",
        "0.0.0.0/0, 203.0.113.1, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
        "::1, ::2, false",
    })
    void containsWhatHasItsPrefix(String range, String address, boolean contained) throws Exception {
        assertThat(Cidr.parse(range).contains(InetAddress.getByName(address))).isEqualTo(contained);
    }

    @Test
    void takesAnIpv4ClientOfAnIpv6ListenerForIpv4() throws Exception {
        byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
        InetAddress mapped = Inet6Address.getByAddress(null, bytes, -1);

        assertThat(mapped).isInstanceOf(Inet6Address.class);
        assertThat(Cidr.parse("10.0.0.0/8").contains(mapped)).isTrue();
        assertThat(Cidr.parse("::/0").contains(mapped)).isFalse();
        assertThat(new Cidr(mapped, 8)).isEqualTo(Cidr.parse("10.0.0.0/8"));
    }
}
