package io.apiserverlb.api;

import static io.apiserverlb.pool.OneLine.quoted;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/**
 * How a change is to be made.
 *
 * @param dryRun whether only to tell what it would do
 * @param ifMatch to which version of the list
 * @param actor on whose behalf
 */
record Terms(boolean dryRun, IfMatch ifMatch, String actor) {
    private static final String DRY_RUN = "dryRun";

    static Terms of(HttpServletRequest request) {
        return new Terms(
                dryRun(request.getParameterMap()),
                IfMatch.parse(Collections.list(request.getHeaders(HttpHeaders.IF_MATCH))),
                request.getUserPrincipal().getName());
    }

    /** Strict, since a misspelt {@code dryRun} would make the change that it was to try. */
    private static boolean dryRun(Map<String, String[]> parameters) {
        for (String name : parameters.keySet()) {
            if (!name.equals(DRY_RUN)) {
                throw ProblemException.malformed("there is no parameter " + quoted(name) + " here, only " + DRY_RUN);
            }
        }
        List<String> values = List.of(parameters.getOrDefault(DRY_RUN, new String[] {"false"}));
        if (values.equals(List.of("true")) || values.equals(List.of("false"))) {
            return values.get(0).equals("true");
        }
        throw ProblemException.malformed(DRY_RUN + " must be true or false, not " + quoted(String.join(",", values)));
    }
}
