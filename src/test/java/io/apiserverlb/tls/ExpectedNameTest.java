package io.apiserverlb.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedNameTest {

    @ParameterizedTest
    @CsvSource({
        "api.example.com, api.example.com, true",
        "API.Example.com, api.example.COM, true",
        "api.example.com., api.example.com, true",
        "api.example.com, *.example.com, true",
        "a.b.example.com, *.example.com, false",
        "example.com, *.example.com, false",
        "api.example.com, a*.example.com, false",
        "api.example.com, *, false",
        "localhost, *, false",
        "api.example.com, *.*.com, false",
        "api.example.com, api.example.com.evil, false",
        "10.0.0.1, 10.0.0.1, false",
        "10.0.0.1, *.0.0.1, false",
        "not_a_host_name, not_a_host_name, true",
    })
    void looksForAHostAmongTheDnsNames(String host, String certified, boolean covered) {
        SubjectNames names = new SubjectNames(List.of(certified), List.of());

        assertThat(ExpectedName.of(null, host).isCoveredBy(names)).isEqualTo(covered);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.11, false",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "fd00::1, fd00:0:0:0:0:0:0:1, true",
        "[FD00::1], fd00::1, true",
        "fd00::2, fd00::1, false",
        "10.0.0.1.example.com, 10.0.0.1, false",
        "10.0.0, 10.0.0.1, false",
        "10.0.0.256, 10.0.0.1, false",
        "010.0.0.1, 10.0.0.1, false",
        "fd00::1%eth0, fd00::1, false",
        "fd00::1::2, fd00::1, false",
    })
    void looksForAnAddressAmongTheAddresses(String host, String certified, boolean covered) {
        X509Bundle server = TestPki.selfSignedServer(TestPki.server().addSanIpAddress(certified));

        boolean isCovered = ExpectedName.of(null, host).isCoveredBy(SubjectNames.of(server.getCertificate()));

        assertThat(isCovered).isEqualTo(covered);
    }

    @Test
    void takesTheNameOfTheKubernetesServiceForAnyHost() {
        SubjectNames names = SubjectNames.of(certificate("kubernetes.default.svc"));

        assertThat(ExpectedName.of(null, "10.0.0.1").isCoveredBy(names)).isTrue();
        assertThat(ExpectedName.of(null, "master-1").isCoveredBy(names)).isTrue();
    }

    @Test
    void takesTheAddressInsteadOfTheHostNameAndSendsTheHostName() {
        SubjectNames names =
                SubjectNames.of(TestPki.selfSignedServer(TestPki.server().addSanIpAddress("10.0.0.1"))
                        .getCertificate());

        ExpectedName expected = ExpectedName.of(null, "master-1", "10.0.0.1");

        assertThat(expected.isCoveredBy(names)).isTrue();
        assertThat(expected.sni()).contains("master-1");
        assertThat(ExpectedName.of(null, "master-1", "10.0.0.2").isCoveredBy(names))
                .isFalse();
    }

    @Test
    void takesNothingButTheConfiguredNameWhereThereIsOne() {
        SubjectNames names = SubjectNames.of(certificate("kubernetes.default.svc", "master-1"));

        assertThat(ExpectedName.of("api.example.com", "master-1").isCoveredBy(names))
                .isFalse();
        assertThat(ExpectedName.of("master-1", "10.0.0.1").isCoveredBy(names)).isTrue();
    }

    @Test
    void givesNothingForACommonName() {
        SubjectNames names = SubjectNames.of(TestPki.selfSignedServer(TestPki.certificate("CN=api.example.com"))
                .getCertificate());

        assertThat(ExpectedName.of(null, "api.example.com").isCoveredBy(names)).isFalse();
        assertThat(names.all()).isEmpty();
    }

    @Test
    void listsDnsNamesAndAddresses() {
        SubjectNames names = SubjectNames.of(TestPki.selfSignedServer(TestPki.server("kubernetes", "api.example.com")
                        .addSanIpAddress("10.0.0.1")
                        .addSanRfc822Name("ops@example.com"))
                .getCertificate());

        assertThat(names.all()).containsExactly("kubernetes", "api.example.com", "10.0.0.1");
    }

    private static X509Certificate certificate(String... dnsNames) {
        return TestPki.selfSignedServer(TestPki.server(dnsNames)).getCertificate();
    }
}
