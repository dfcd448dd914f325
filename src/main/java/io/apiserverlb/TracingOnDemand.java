package io.apiserverlb;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/** Leaves out all that traces calls unless there is somewhere to send traces to: else it would cost a thread, memory and part of each call. */
final class TracingOnDemand implements AutoConfigurationImportFilter, EnvironmentAware {
    private static final Logger log = LoggerFactory.getLogger(TracingOnDemand.class);

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String TRANSPORT = "management.opentelemetry.tracing.export.otlp.transport";
    private static final List<String> TRACING =
            List.of("org.springframework.boot.micrometer.tracing.", "org.springframework.boot.opentelemetry.");

    private boolean wanted;

    @Override
    public void setEnvironment(Environment environment) {
        boolean configured = !environment.getProperty(ENDPOINT, "").isBlank();
        boolean grpc = environment.getProperty(TRANSPORT, "http").equalsIgnoreCase("grpc");
        wanted = configured && !grpc;
        if (configured
                && grpc) { // perhaps by a variable of the environment that is meant for all: no reason not to start
            log.warn("calls are not traced: {} is grpc, but traces can be sent by http only", TRANSPORT);
        }
    }

    @Override
    public boolean[] match(String[] configurations, AutoConfigurationMetadata metadata) {
        boolean[] match = new boolean[configurations.length];
        for (int i = 0; i < match.length; i++) {
            match[i] = keeps(configurations[i]);
        }
        return match;
    }

    /** @param configuration null if another filter has left it out */
    boolean keeps(@Nullable String configuration) {
        return wanted || configuration == null || TRACING.stream().noneMatch(configuration::startsWith);
    }
}
