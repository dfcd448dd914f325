package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.pool.AdminState;
import io.apiserverlb.pool.CloseReason;
import io.apiserverlb.pool.Lease;
import io.apiserverlb.pool.ListChange;
import io.apiserverlb.pool.ServerPool;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
final class WhyTest {
    private final Client client;
    private final ServerPool pool;

    WhyTest(@LocalServerPort int port, ServerPool pool) {
        this.client = new Client(port);
        this.pool = pool;
    }

    @BeforeEach
    void reset() {
        ApiUnderTest.reset(pool, "192.0.2.10:6443", "192.0.2.11:6443");
        set("192.0.2.11:6443", AdminState.DRAIN);
        set(ApiUnderTest.DISCOVERED, AdminState.MAINT);
    }

    private void set(String address, AdminState admin) {
        pool.change(new ListChange.Patch(Values.address(address), admin, null), OptionalLong.empty(), "test");
    }

    @Test
    void tellsTheChoiceAndWhatWasLeftOut() {
        Client.Answer answer = client.get("/lb/why?client=198.51.100.7");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(Client.json("""
                        {
                          "client": "198.51.100.7", "admission": {"verdict": "admitted", "reason": null}, "policy": "round-robin", "prefer": "none", "mode": "normal",
                          "choice": "192.0.2.10:6443", "certain": true, "because": "there is no other",
                          "candidates": [{"address": "192.0.2.10:6443", "role": "primary", "weight": 100,
                                          "effectiveWeight": 100.0, "sessions": 0, "load": 0.0, "tier": null,
                                          "current": false}],
                          "leftOut": [
                            {"address": "192.0.2.11:6443", "state": "drain", "reason": "being drained"},
                            {"address": "192.0.2.20:6443", "state": "maint", "reason": "in maintenance"},
                            {"address": "192.0.2.1:6789", "state": "unchecked",
                             "reason": "a registration address that is not in the list, for the time when no listed server is usable"}
                          ]
                        }
                        """));
    }

    @Test
    void tellsWhatTheNextSessionGetsHoweverOftenItIsAsked() {
        ApiUnderTest.reset(pool, "192.0.2.41:6443", "192.0.2.42:6443");
        set(ApiUnderTest.DISCOVERED, AdminState.MAINT); // which it starts slowly after: chance would have a part
        for (int i = 0; i < 6; i++) {
            client.get("/lb/why");
            JsonNode why = client.get("/lb/why").json();

            Lease lease = Objects.requireNonNull(pool.acquire(InetAddress.getLoopbackAddress(), List.of()));
            lease.close(CloseReason.CLIENT);

            assertThat(why.get("choice").stringValue())
                    .isEqualTo(lease.server().address().toString());
            assertThat(why.get("because").stringValue()).isEqualTo("it is its turn");
        }
    }

    @ParameterizedTest
    @CsvSource({
        FakeSessions.REFUSED + ",refused,it is on lb.clients.deny",
        FakeSessions.WAITING + ",waits,the limit is reached"
    })
    void tellsAClientThatGetsNoSessionWhyAndWhatItWouldGet(String address, String verdict, String reason) {
        JsonNode why = client.get("/lb/why?client=" + address).json();

        assertThat(why.at("/admission/verdict").stringValue()).isEqualTo(verdict);
        assertThat(why.at("/admission/reason").stringValue()).isEqualTo(reason);
        assertThat(why.get("choice").stringValue()).isEqualTo("192.0.2.10:6443");
    }

    @Test
    void takesTheCallerForTheClientUnlessToldOtherwise() {
        assertThat(client.get("/lb/why").json().get("client").stringValue()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"198.51.100.7,198.51.100.7", "2001:DB8:0::1,2001:db8::1", "::ffff:198.51.100.7,198.51.100.7"})
    void takesEachSpellingOfAnAddress(String spelling, String address) {
        assertThat(client.get("/lb/why?client=" + spelling).json().get("client").stringValue())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "example.com", "10.0.0.256", "10.0.0.1:80", "%5B::1%5D", "1", "fe80::1%25eth0"})
    void refusesWhatIsNoAddress(String text) {
        Client.Answer answer = client.get("/lb/why?client=" + text);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").stringValue()).startsWith("client: ");
    }
}
