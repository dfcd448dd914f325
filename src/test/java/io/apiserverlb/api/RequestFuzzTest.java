package io.apiserverlb.api;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What callers say in bodies, headers and parameters. */
class RequestFuzzTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<HttpStatus> REFUSALS =
            Set.of(HttpStatus.BAD_REQUEST, HttpStatus.UNPROCESSABLE_CONTENT, HttpStatus.CONTENT_TOO_LARGE);
    /** As a problem: what is said of a request stays smaller than the largest request. */
    private static final int LONGEST_PROBLEM = 1024 * 1024;

    private static final Events EVENTS = events();

    private interface Reading {
        Object read();
    }

    private static Events events() {
        Events events = new Events(InstantSource.fixed(ApiUnderTest.NOW));
        for (int i = 0; i < 10; i++) {
            events.record(Event.Type.LIST, Event.Severity.INFO, "test", "changed");
        }
        return events;
    }

    @FuzzTest
    void readsRequests(byte[] bytes) {
        demands(() -> ReplaceRequest.from(body(bytes, ReplaceRequest.PROPERTIES), Values::address));
        demands(() -> AddRequest.from(body(bytes, AddRequest.PROPERTIES), Values::address));
        demands(() -> PatchRequest.from(body(bytes, PatchRequest.PROPERTIES)));
        demands(() -> RebalanceRequest.from(body(bytes, RebalanceRequest.PROPERTIES)));
        String header = new String(bytes, StandardCharsets.ISO_8859_1);
        demands(() -> IfMatch.parse(List.of(header)).expected(7));
        demands(() -> Terms.of(request(header)));
        lastEventId(header);
        address(new String(bytes, StandardCharsets.UTF_8));
    }

    private static JsonBody body(byte[] bytes, Set<String> properties) {
        MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/lb/servers");
        request.setContent(bytes);
        return JsonBody.read(request, properties);
    }

    private static MockHttpServletRequest request(String text) {
        MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/lb/servers");
        request.setUserPrincipal(() -> "test");
        request.addParameter(text.length() % 2 == 0 ? "dryRun" : text, text);
        return request;
    }

    private static void demands(Reading reading) {
        try {
            demand(reading.read() != null, "nothing was read");
        } catch (ProblemException e) {
            demand(
                    REFUSALS.contains(e.status()) || e.status() == HttpStatus.PRECONDITION_FAILED,
                    "a request is refused with " + e.status());
            problem(e);
        }
    }

    /** What the caller is told can be said in JSON, and is not much. */
    private static void problem(ProblemException e) {
        byte[] told = JSON.writeValueAsBytes(e.problem("/lb/servers"));
        demand(told.length <= LONGEST_PROBLEM, "a problem has " + told.length + " bytes");
        JsonNode read = JSON.readTree(told);
        readable(read.get("detail").stringValue(), 1_000);
        read.path("errors").forEach(fault -> readable(fault.get("detail").stringValue(), 1_000));
    }

    private static void lastEventId(String id) {
        Consumer<Event> nobody = event -> {};
        List<Event> missed = EVENTS.follow(id, nobody);
        EVENTS.unfollow(nobody);
        demand(missed.size() <= 10, "more has happened than has");
        for (Event event : missed) {
            demand(!event.id().equals(id), "an event that is known is told again");
        }
    }

    private static void address(String text) {
        try {
            Values.ip(text);
        } catch (IllegalArgumentException e) {
            readable(e.getMessage(), 1_000);
        }
    }
}
