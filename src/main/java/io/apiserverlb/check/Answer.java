package io.apiserverlb.check;

import io.apiserverlb.pool.CheckResult.Code;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.List;
import java.util.regex.Pattern;

/** What a server answered to a request. */
record Answer(HttpResponseStatus status, String body) {
    private static final int MAX_NAMES = 10;
    /** A line of {@code /readyz}: {@code [-]etcd failed: reason withheld}. */
    private static final Pattern FAILING = Pattern.compile("^\\[-]([!-~]{1,100})", Pattern.MULTILINE);

    boolean isGood() {
        return status.codeClass() == HttpStatusClass.SUCCESS;
    }

    /** Whether it is not for us to know. */
    boolean refusesUs() {
        return status.equals(HttpResponseStatus.UNAUTHORIZED) || status.equals(HttpResponseStatus.FORBIDDEN);
    }

    /** Whether the server had given up waiting for the question: RFC 9110, 15.5.9. */
    boolean saysThatNothingWasAsked() {
        return status.equals(HttpResponseStatus.REQUEST_TIMEOUT);
    }

    /** What it says about the health of the server. */
    Finding finding() {
        if (isGood()) {
            return new Finding(Code.L7OK, status.code(), "ok");
        }
        return switch (status.code()) {
            case 401, 403, 429 -> new Finding(Code.L7OKC, status.code(), "readiness: unknown");
            default -> new Finding(Code.L7STS, status.code(), failing());
        };
    }

    /** The names of the failing checks, as API servers list them when they are not ready. */
    private String failing() {
        List<String> names =
                FAILING.matcher(body).results().map(line -> line.group(1)).toList();
        if (names.isEmpty()) {
            return HttpResponseStatus.valueOf(status.code()).reasonPhrase();
        }
        String shown = String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMES)));
        return names.size() > MAX_NAMES ? shown + " and " + (names.size() - MAX_NAMES) + " more" : shown;
    }
}
