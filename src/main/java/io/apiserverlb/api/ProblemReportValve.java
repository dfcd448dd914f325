package io.apiserverlb.api;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Answers with a problem where Tomcat itself refuses a request, instead of its HTML page. */
final class ProblemReportValve extends ErrorReportValve {
    private static final int FIRST_ERROR = 400;

    private final JsonMapper json;

    ProblemReportValve(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < FIRST_ERROR || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        String path = request.getRequestURI() == null ? "" : request.getRequestURI();
        Problem problem = Problem.of(HttpStatusCode.valueOf(status), response.getMessage(), path);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getReporter().write(json.writeValueAsString(problem));
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            container.getLogger().debug("the client is gone", e);
        }
    }
}
