package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

class StartFailureReporterTest {
    private static StartFailureReporter reporter() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("server.port", "1", "management.server.port", "2")));
        return new StartFailureReporter(context);
    }

    @ParameterizedTest
    @CsvSource({"1, server.port", "2, management.server.port"})
    void namesThePropertyOfAPortInUse(int port, String property) {
        assertThat(reporter().reason(new IllegalStateException(new PortInUseException(port))))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith(property + ": " + port + " is in use already")
                        .hasLineCount(1));
    }

    @Test
    void namesWhereAWebServerMayNotListen() {
        assertThat(reporter().reason(new WebServerException("no", new BindException("Permission denied"))))
                .hasValue("the web server cannot listen on 127.0.0.1:1 (server.port) or 0.0.0.0:2"
                        + " (management.server.port): Permission denied");
    }

    @Test
    void leavesOtherFailuresOfAWebServerToThoseWhoKnowThem() {
        assertThat(reporter().reason(new WebServerException("no", new AccessDeniedException("/tmp/tomcat"))))
                .isEmpty();
        assertThat(reporter().reason(new WebServerException("no", new ConfigurationException("a: b"))))
                .hasValue("a: b");
        assertThat(reporter().reason(new IllegalStateException(new SocketException("reset"))))
                .isEmpty();
    }

    @Test
    void leavesWhatItDoesNotKnowToOthers() {
        assertThat(new StartFailureReporter(null).reason(new IllegalStateException("x")))
                .isEmpty();
        assertThat(new StartFailureReporter(null).reason(new ConfigurationException("a: b")))
                .hasValue("a: b");
    }
}
