package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

class TracingOnDemandTest {
    private static final String OTLP = "management.opentelemetry.tracing.export.otlp.";
    private static final List<String> OF_TRACING = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration");
    private static final String OTHER =
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration";

    private static TracingOnDemand with(MockEnvironment environment) {
        TracingOnDemand filter = new TracingOnDemand();
        filter.setEnvironment(environment);
        return filter;
    }

    @ParameterizedTest
    @CsvSource({
        "'',http,false",
        "' ',http,false",
        "http://collector/v1/traces,http,true",
        "http://collector:4317,GRPC,false"
    })
    void wantsTracingWhereThereIsAnEndpointThatItCanSendTo(String endpoint, String transport, boolean wanted) {
        MockEnvironment environment = new MockEnvironment()
                .withProperty(OTLP + "endpoint", endpoint)
                .withProperty(OTLP + "transport", transport);

        TracingOnDemand filter = with(environment);

        assertThat(OF_TRACING).allMatch(configuration -> filter.keeps(configuration) == wanted);
        assertThat(filter.keeps(OTHER)).isTrue();
        assertThat(filter.keeps(null)).isTrue();
    }

    @Test
    void wantsNoneUnlessTold() {
        assertThat(OF_TRACING).noneMatch(with(new MockEnvironment())::keeps);
    }

    @Test
    void isAskedBySpringBoot() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class))
                .hasAtLeastOneElementOfType(TracingOnDemand.class);
    }
}
