package io.apiserverlb.handover;

import org.apache.coyote.http11.Http11NioProtocol;

/** HTTP/1.1 on a socket that another process may have as well. */
public final class SharedProtocol extends Http11NioProtocol {
    private final SharedEndpoint endpoint;

    /** By Tomcat, which knows its class only. */
    public SharedProtocol() {
        this(new SharedEndpoint());
    }

    private SharedProtocol(SharedEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /** Whose sockets it uses, and who is told of its callers; before it begins. */
    public void use(WebListeners listeners, Callers callers) {
        endpoint.use(listeners, callers);
    }
}
