package io.apiserverlb;

import io.apiserverlb.pool.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each event to the log, a line each. */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger("apiserver-lb.event");

    private EventLog() {}

    static void write(Event event) {
        switch (event.severity()) {
            case INFO -> LOG.info("{} [{}]", event.message(), event.actor());
            case WARN -> LOG.warn("{} [{}]", event.message(), event.actor());
            case ERROR -> LOG.error("{} [{}]", event.message(), event.actor());
        }
    }
}
