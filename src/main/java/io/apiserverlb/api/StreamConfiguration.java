package io.apiserverlb.api;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What clients can follow; those of one kind take no places from those of another. */
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {
    @Bean
    EventStreams eventStreams() {
        return new EventStreams("the events");
    }

    @Bean
    EventStreams liveStreams() {
        return new EventStreams("the status");
    }
}
