package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.check.Supervisor;
import io.apiserverlb.discovery.k3s.K3sDiscovery.Program;
import io.apiserverlb.pool.SeedUrl;
import io.apiserverlb.pool.ServerAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupervisorsTest {
    private static List<SeedUrl> urls(String... texts) {
        return List.of(texts).stream().map(SeedUrl::parse).toList();
    }

    private static List<String> servers(SupervisorPorts supervisors, String... urls) {
        return supervisors.seeds(urls(urls)).stream()
                .map(SeedUrl::server)
                .map(ServerAddress::toString)
                .toList();
    }

    @Test
    void ofK3sListenWhereTheApiServersDo() {
        SupervisorPorts k3s = new SupervisorPorts(Program.K3S, null, 6443);

        assertThat(servers(k3s, "https://a:6443", "https://b")).containsExactly("a:6443", "b:443");
        assertThat(k3s.check(urls("https://a:443"))).isEqualTo(new Supervisor("/v1-k3s/readyz", null));
    }

    @Test
    void ofRke2HaveThePortOfTheRegistrationUrl() {
        SupervisorPorts rke2 = new SupervisorPorts(Program.RKE2, null, 6443);

        assertThat(servers(rke2, "https://a:9345", "https://b:9345", "https://c:6443"))
                .containsExactly("a:6443", "b:6443", "c:6443");
        assertThat(rke2.check(urls("https://a:9345"))).isEqualTo(new Supervisor("/v1-rke2/readyz", 9345));
    }

    @Test
    void haveThePortThatTheOperatorNames() {
        SupervisorPorts k3s = new SupervisorPorts(Program.K3S, 9345, 7443);

        assertThat(servers(k3s, "https://a:9345", "https://b:6443")).containsExactly("a:7443", "b:6443");
        assertThat(k3s.check(urls("https://b:6443"))).isEqualTo(new Supervisor("/v1-k3s/readyz", 9345));
    }

    @Test
    void changeNothingOfTheUrlItself() {
        SeedUrl url = new SupervisorPorts(Program.RKE2, null, 6443)
                .seeds(urls("https://a:9345"))
                .get(0);

        assertThat(url.text()).isEqualTo("https://a:9345");
        assertThat(url.address()).isEqualTo(new ServerAddress("a", 9345));
    }
}
