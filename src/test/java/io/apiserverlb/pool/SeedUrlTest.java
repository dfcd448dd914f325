package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeedUrlTest {

    @Test
    void saysThatAHostIsMissing() {
        assertThatExceptionOfType(InvalidAddressException.class)
                .isThrownBy(() -> SeedUrl.parse("https:///path"))
                .withMessage("'https:///path' names no host");
    }

    @ParameterizedTest
    @CsvSource({
        "https://192.168.1.177:6789, 192.168.1.177:6789",
        "https://Master.Example.com, master.example.com:443",
        "HTTPS://master, master:443",
        "http://master, master:80",
        "Http://master:8080, master:8080",
        "master, master:443",
        "master:6443, master:6443",
        "192.168.1.177:6443, 192.168.1.177:6443",
        "https://master/, master:443",
        "https://master:6443/, master:6443",
        "https://master:6443/v1-k3s/apiservers?x=y#z, master:6443",
        "https://master?x=/, master:443",
        "https://master#x, master:443",
        "master:6443/path, master:6443",
        "https://[2001:DB8::1]:6443, [2001:db8::1]:6443",
        "https://[2001:db8::1], [2001:db8::1]:443",
        "http://[2001:db8::1]/, [2001:db8::1]:80",
        "[2001:db8::1], [2001:db8::1]:443",
    })
    void readsTheHostAndThePortOfAUrl(String url, String address) {
        SeedUrl seed = SeedUrl.parse(url);

        assertThat(seed.address()).hasToString(address);
        assertThat(seed.text()).as("is kept as configured").isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/",
                "https://",
                "https:///path",
                "https://?x",
                "https://:6443",
                "https://master:",
                "https://master:0",
                "https://master:65536",
                "https://master:6443x",
                "https:// master",
                " https://master",
                "https://mas ter",
                "https://master\\@other",
                "ftp://master",
                "tcp://master:6443",
                "://master",
                "https://https://master",
                "https://1.2.3",
                "https://[::1",
                "https://[::1]x",
                "https://[1.2.3.4]",
                "https://fd00::1",
                "https://fd00::1:6443",
                "fd00::1",
            })
    void refusesWhatNamesNoServerWithAReason(String url) {
        InvalidAddressException refusal = catchThrowableOfType(InvalidAddressException.class, () -> SeedUrl.parse(url));

        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://admin:secret@master:6443",
                "admin:secret@master",
                "ftp://admin:secret@master",
                "https://admin:secret@",
                "https://secret@master",
            })
    void refusesUserAndPasswordWithoutShowingThem(String url) {
        assertThatExceptionOfType(InvalidAddressException.class)
                .isThrownBy(() -> SeedUrl.parse(url))
                .withMessageContaining("password")
                .withMessageNotContaining("secret");
    }

    @Test
    void isTheSameServerWhateverTheSpelling() {
        SeedUrl seed = SeedUrl.parse("https://master.example.com:443/");

        assertThat(seed.sameServer(SeedUrl.parse("https://MASTER.example.com"))).isTrue();
        assertThat(seed.sameServer(SeedUrl.parse("master.example.com."))).isTrue();
        assertThat(seed.sameServer(SeedUrl.parse("https://master.example.com:6443")))
                .isFalse();
        assertThat(seed.sameServer(SeedUrl.parse("https://other.example.com"))).isFalse();
    }
}
