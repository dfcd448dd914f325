package io.apiserverlb.api;

import java.util.function.Supplier;
import org.apache.catalina.Valve;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import tools.jackson.databind.json.JsonMapper;

/** Has Tomcat take IPv6 addresses in paths as they are written, and refuse what it refuses with a problem. */
final class TomcatSettings implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final JsonMapper json;
    private final Supplier<? extends Valve> limit;

    /** @param limit makes what refuses calls, too */
    TomcatSettings(JsonMapper json, Supplier<? extends Valve> limit) {
        this.json = json;
        this.limit = limit;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> connector.setProperty("relaxedPathChars", "[]"));
        factory.addContextCustomizers(context -> {
            StandardHost host = (StandardHost) context.getParent();
            host.getPipeline().addValve(new ProblemReportValve(json));
            host.setErrorReportValveClass(ProblemReportValve.class.getName());
            host.getPipeline().addValve(limit.get());
        });
    }
}
