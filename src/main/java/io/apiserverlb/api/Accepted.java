package io.apiserverlb.api;

import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;

/** What a caller would rather have of what a path shows in two forms. */
final class Accepted {
    private Accepted() {}

    /** Whether it is this form; whoever takes anything, or both alike, gets JSON. */
    static boolean wants(MediaType special, NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
        for (MediaType accepted : new HeaderContentNegotiationStrategy().resolveMediaTypes(request)) {
            if (accepted.includes(MediaType.APPLICATION_JSON)) {
                return false;
            }
            if (accepted.includes(special)) {
                return true;
            }
        }
        return false;
    }
}
