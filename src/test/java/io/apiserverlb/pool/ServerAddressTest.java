package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
    private static final String LABEL_OF_63 = "a".repeat(63);
    private static final String NAME_OF_253 = (LABEL_OF_63 + ".").repeat(3) + "a".repeat(61);

    @ParameterizedTest
    @CsvSource({
        // IPv4
        "10.0.0.1:6443, 10.0.0.1:6443",
        "10.0.0.1, 10.0.0.1:6443",
        "255.255.255.254:1, 255.255.255.254:1",
        "127.0.0.1:65535, 127.0.0.1:65535",
        "10.0.0.1:00443, 10.0.0.1:443",
        // IPv6: lower case, no leading zeroes, the longest run of zeroes shortened, the first of equal ones (RFC 5952,
        // 4)
        "[::1]:6443, [::1]:6443",
        "[::1], [::1]:6443",
        "::1, [::1]:6443",
        "[2001:DB8::A]:443, [2001:db8::a]:443",
        "[2001:db8:0:0:0:0:0:1]:443, [2001:db8::1]:443",
        "[2001:0db8:0000:0000:0000:0000:0000:0001]:443, [2001:db8::1]:443",
        "[2001:db8::0:1]:443, [2001:db8::1]:443",
        "[2001:db8:0:1:1:1:1:1]:443, [2001:db8:0:1:1:1:1:1]:443",
        "[2001:db8::1:1:1:1:1]:443, [2001:db8:0:1:1:1:1:1]:443",
        "[2001:0:0:1:0:0:0:1]:443, [2001:0:0:1::1]:443",
        "[2001:db8:0:0:1:0:0:1]:443, [2001:db8::1:0:0:1]:443",
        "[1:2:3:4:5:6:0:0]:443, [1:2:3:4:5:6::]:443",
        "[0:0:3:4:5:6:7:8]:443, [::3:4:5:6:7:8]:443",
        "[0:2:3:4:5:6:7:8]:443, [0:2:3:4:5:6:7:8]:443",
        "[::102:304]:443, [::102:304]:443",
        "[64:ff9b::10.0.0.1]:443, [64:ff9b::a00:1]:443",
        "[fe80::1]:443, [fe80::1]:443",
        // IPv4 in IPv6 is the IPv4 address: the same packets reach the same server
        "[::ffff:10.0.0.1]:443, 10.0.0.1:443",
        "[::FFFF:a00:1]:443, 10.0.0.1:443",
        "::ffff:10.0.0.1, 10.0.0.1:6443",
        // names
        "master:6443, master:6443",
        "Master-1.Example.COM:443, master-1.example.com:443",
        "master.example.com.:443, master.example.com:443",
        "master, master:6443",
        "localhost:1, localhost:1",
        "_srv.my_host:443, _srv.my_host:443",
        "1master:443, 1master:443",
        "10.0.0.1.nip.io:443, 10.0.0.1.nip.io:443",
        "xn--mnchen-3ya.example:443, xn--mnchen-3ya.example:443",
        "0xmaster:443, 0xmaster:443",
    })
    void readsEverySpellingAndWritesOne(String spelling, String normal) {
        ServerAddress address = ServerAddress.parse(spelling, 6443);

        assertThat(address).hasToString(normal);
        assertThat(ServerAddress.parse(normal, 1))
                .as("the normal form means itself")
                .isEqualTo(address)
                .hasSameHashCodeAs(address);
    }

    @Test
    void readsNamesUpToTheLimitsOfDns() {
        assertThat(ServerAddress.parse(NAME_OF_253 + ":1", 1).host()).isEqualTo(NAME_OF_253);
        assertThat(ServerAddress.parse(NAME_OF_253 + ".:1", 1).host()).isEqualTo(NAME_OF_253);
    }

    static Stream<String> refused() {
        return Stream.of(
                // blanks and control characters
                "",
                " ",
                " host:1",
                "host:1 ",
                "a b:1",
                "host :1",
                "host: 1",
                "host\n:1",
                "ho\nst:1",
                "ho\0st:1",
                "host:1\0",
                "\u00a0host:1",
                // ports
                "host:",
                "host:0",
                "host:65536",
                "host:99999999999",
                "host:+1",
                "host:-1",
                "host:1x",
                "host:0x1",
                "host:\uff11",
                "host:\u0661",
                "10.0.0.1:6443/path",
                ":6443",
                ":",
                // IPv4
                "10.0.0.256:1",
                "1.2.3:1",
                "1.2.3.4.5:1",
                "010.0.0.1:1",
                "10.0.0.01:1",
                "0x7f.1:1",
                "0x7f000001:1",
                "0x7f.0.0.1:1",
                "10.0.0.0x1:1",
                "2130706433:1",
                "1..2.3:1",
                "10.0.0.1.:1",
                "\uff11\uff10.0.0.1:1",
                "host.123:1",
                // IPv6
                "[::1",
                "[::1]x",
                "[::1]:",
                "[::1]:x",
                "[::1]6443",
                "[[::1]]:1",
                "[]:1",
                "[",
                "]",
                "::1]:1",
                "[1.2.3.4]:1",
                "[host]:1",
                "[::g]:1",
                "[:::]:1",
                "[1::2::3]:1",
                "[1:2:3]:1",
                "[1:2:3:4:5:6:7:8:9]:1",
                "[12345::]:1",
                "[::ffff:10.0.0.256]:1",
                "[::ffff:010.0.0.1]:1",
                "[::\uff11]:1",
                "host:1:2",
                // zones mean something on one host only
                "[fe80::1%eth0]:1",
                "[fe80::1%25eth0]:1",
                "fe80::1%2",
                "host%1:1",
                // addresses no server has
                "0.0.0.0:1",
                "[::]:1",
                "::",
                "[::ffff:0.0.0.0]:1",
                "224.0.0.1:1",
                "239.255.255.255:1",
                "255.255.255.255:1",
                "[ff02::1]:1",
                // names
                ".:1",
                "..:1",
                "a..b:1",
                ".host:1",
                "host..:1",
                "-host:1",
                "host-:1",
                "a.-b:1",
                "user@host:1",
                "https://host:1",
                "host/path",
                "host,other:1",
                "*.example.com:1",
                "h\u00f6st:1",
                "\u212a8s:1", // the Kelvin sign, whose lower case is an ASCII k
                "\u30db\u30b9\u30c8:1",
                LABEL_OF_63 + "a:1",
                NAME_OF_253 + "a:1",
                "a".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatIsNoAddressOfAServerWithAReason(String text) {
        InvalidAddressException refusal =
                catchThrowableOfType(InvalidAddressException.class, () -> ServerAddress.parse(text, 6443));

        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage())
                .isNotBlank()
                .hasSizeLessThan(400)
                .matches(message -> message.chars().noneMatch(Character::isISOControl), "has no control characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "host:65536 | the port must be between 1 and 65535, not 65536",
                "host:+1    | 'host:+1' is not host:port with a port between 1 and 65535",
                "[::1       | '[::1' lacks the closing bracket",
                "[1.2.3.4]:1| '[1.2.3.4]:1': only an IPv6 address stands in brackets",
                "fe80::1%2  | 'fe80::1%2': an address with a zone has a meaning on one host only",
                "0.0.0.0:1  | '0.0.0.0' is no address a server can have",
                "1.2.3:1    | '1.2.3' is neither an IP address nor a host name",
                "[1::2::3]:1| '1::2::3' is not an IP address",
                ":6443      | '' is neither an IP address nor a host name",
                "\"\"      | '' is blank or has blanks around it",
                "\" h:1\"  | ' h:1' is blank or has blanks around it",
            })
    void saysWhatIsWrong(String text, String reason) {
        assertThatExceptionOfType(InvalidAddressException.class)
                .isThrownBy(() -> ServerAddress.parse(text, 6443))
                .withMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_536, Integer.MAX_VALUE})
    void refusesAPortOutOfRange(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerAddress("host", port))
                .withMessageContaining("" + port);
        assertThatIllegalArgumentException().isThrownBy(() -> ServerAddress.parse("host", port));
    }

    @Test
    void tellsNamesFromAddresses() throws UnknownHostException {
        ServerAddress name = ServerAddress.parse("master:6443", 1);
        ServerAddress ip = ServerAddress.parse("[2001:db8::1]:6443", 1);

        assertThat(name.isName()).isTrue();
        assertThat(name.ip()).isEmpty();
        assertThat(ip.isName()).isFalse();
        assertThat(ip.ip()).contains(InetAddress.getByName("2001:db8::1"));
        assertThat(ip.host()).isEqualTo("2001:db8::1");
    }

    @Test
    void keepsThePortOfANameThatIsResolved() throws UnknownHostException {
        ServerAddress name = ServerAddress.parse("master:7443", 1);

        assertThat(name.at(InetAddress.getByName("10.0.0.1"))).hasToString("10.0.0.1:7443");
        assertThat(name.at(InetAddress.getByName("2001:db8:0:0::1"))).hasToString("[2001:db8::1]:7443");
    }

    @Test
    void differsByHostAndByPort() {
        ServerAddress address = ServerAddress.parse("10.0.0.1:1", 1);

        assertThat(address)
                .isNotEqualTo(ServerAddress.parse("10.0.0.1:2", 1))
                .isNotEqualTo(ServerAddress.parse("10.0.0.2:1", 1))
                .isNotEqualTo("10.0.0.1:1");
    }

    @Test
    void sortsByHostThenPort() {
        ServerAddress first = ServerAddress.parse("10.0.0.1:2", 1);
        ServerAddress second = ServerAddress.parse("10.0.0.1:10", 1);
        ServerAddress third = ServerAddress.parse("10.0.0.2:1", 1);

        assertThat(Stream.of(third, second, first).sorted()).isEqualTo(List.of(first, second, third));
    }

    @Test
    void quotesTheBeginningOfALongText() {
        assertThat(OneLine.quoted("a".repeat(300))).isEqualTo("'" + "a".repeat(300) + "'");
        assertThat(OneLine.quoted("a".repeat(301))).isEqualTo("'" + "a".repeat(299) + "…'");
        assertThat(OneLine.quoted("a\nb\u2028")).isEqualTo("'a?b?'");
    }
}
