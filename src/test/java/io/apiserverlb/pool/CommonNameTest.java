package io.apiserverlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CommonNameTest {
    /** Of certificates, each with these names, a blank between two. */
    private static CommonName of(String... certificates) {
        return new CommonName(Stream.of(certificates)
                .map(names -> new Certificate(
                        Certificate.Identity.VERIFIED,
                        null,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        "CN=k3s",
                        List.of(names.split(" ", -1))))
                .toList());
    }

    @Test
    void isTheUsualNameWhereAllCoverIt() {
        assertThat(of("a.example KUBERNETES.default.svc", "kubernetes.default.svc")
                        .name(null))
                .hasValue("kubernetes.default.svc");
        assertThat(of("kubernetes kubernetes.default.svc", "kubernetes").name(null))
                .hasValue("kubernetes");
    }

    @Test
    void isTheConfiguredNameWhereAllCoverIt() {
        assertThat(of("kubernetes *.example", "api.example").name("api.example"))
                .hasValue("api.example");
        assertThat(of("kubernetes", "kubernetes api.example").name("api.example"))
                .hasValue("kubernetes");
        assertThat(of("kubernetes API.example").name("Api.Example")).hasValue("Api.Example");
        assertThat(of().name("api.example")).hasValue("api.example");
    }

    @Test
    void isAnyOtherNameThatAllCover() {
        assertThat(of("*.example 10.0.0.1 one.example two.example", "10.0.0.1 two.example")
                        .name(null))
                .hasValue("two.example");
    }

    @Test
    void isNoneWhereThereIsNone() {
        assertThat(of().name(null)).isEmpty();
        assertThat(of("one.example", "two.example").name(null)).isEmpty();
        assertThat(of("*.a.example", "x.y.a.example").name(null)).isEmpty();
        assertThat(of("10.0.0.1 evil\nname ::1").name(null)).isEmpty();
    }

    @Test
    void knowsTheHostsThatAllCover() {
        assertThat(of("127.0.0.1 a", "127.0.0.1").covers("127.0.0.1")).isTrue();
        assertThat(of("a.example").covers("b.example")).isFalse();
        assertThat(of("*.example").covers("localhost")).isFalse();
        assertThat(of("0:0:0:0:0:0:0:1").covers("::1")).isTrue();
        assertThat(of("127.0.0.1", "a").covers("127.0.0.1")).isFalse();
        assertThat(of().covers("127.0.0.1")).isFalse();
        assertThat(of("fe80::1%eth0 : 1:2 127.0.0.1").covers("127.0.0.1")).isTrue();
        assertThat(of("*.example").covers("a.EXAMPLE")).isTrue();
    }
}
