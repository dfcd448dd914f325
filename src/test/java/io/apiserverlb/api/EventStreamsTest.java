package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** How many clients there may be, and where. */
class EventStreamsTest {
    private static final String REMOTE = "192.0.2.1";
    private static final String OTHER = "2001:db8:0:0:0:0:0:1";

    private final EventStreams streams = new EventStreams("the status");

    /** Serves one client, and another while that one is served, until so many of them are served at a time. */
    private void serve(int clients, String ip, Runnable meanwhile) {
        EventStream<String> stream =
                new EventStream<>(1, EventStream.Lag.ENDS, EventStreams.HEARTBEAT, EventStream::bytes);
        EventSource<String> source = new EventSource<>() {
            @Override
            public List<String> follow(Consumer<String> listener) {
                if (clients > 1) {
                    serve(clients - 1, ip, meanwhile);
                } else {
                    meanwhile.run();
                }
                stream.end();
                return List.of();
            }

            @Override
            public void unfollow(Consumer<String> listener) {}
        };
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setRemoteAddr(ip);
        streams.serve(source, stream, request, new MockHttpServletResponse());
    }

    private void serve(int clients, String ip) {
        serve(clients, ip, () -> {});
    }

    @Test
    void areAFewPerAddressBeyondLoopback() {
        assertThatThrownBy(() -> serve(5, REMOTE))
                .isInstanceOf(ProblemException.class)
                .hasMessage("4 clients with this address follow the status, and no more of one address can");

        serve(4, REMOTE, () -> serve(4, OTHER)); // and all places were given back
    }

    @Test
    void areMoreOnLoopback() {
        for (String loopback : List.of("127.0.0.1", "127.8.9.10", "0:0:0:0:0:0:0:1")) {
            assertThatCode(() -> serve(16, loopback)).doesNotThrowAnyException();
        }
        serve(4, REMOTE, () -> serve(12, "127.0.0.1"));
    }

    @Test
    void areAFewInAll() {
        assertThatThrownBy(() -> serve(4, REMOTE, () -> serve(13, "127.0.0.1")))
                .isInstanceOf(ProblemException.class)
                .hasMessage("16 clients follow the status, and no more can");
    }
}
