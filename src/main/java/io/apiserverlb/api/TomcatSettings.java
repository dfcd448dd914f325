package io.apiserverlb.api;

import org.apache.catalina.Container;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Has Tomcat take IPv6 addresses in paths as they are written, and refuse what it refuses with a problem. */
@Component
final class TomcatSettings implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final JsonMapper json;

    TomcatSettings(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> connector.setProperty("relaxedPathChars", "[]"));
        factory.addContextCustomizers(context -> {
            Container host = context.getParent();
            host.getPipeline().addValve(new ProblemReportValve(json));
            ((StandardHost) host).setErrorReportValveClass(ProblemReportValve.class.getName());
        });
    }
}
