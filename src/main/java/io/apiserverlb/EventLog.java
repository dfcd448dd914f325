package io.apiserverlb;

import io.apiserverlb.pool.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each event to the log, a line each. */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger("apiserver-lb.event");

    private EventLog() {}

    static void write(Event event) {
        // The last argument is no part of the line; where the log is JSON, it gives fields.
        Object[] arguments = {event.message(), event.actor(), event};
        switch (event.severity()) {
            case INFO -> LOG.info("{} [{}]", arguments);
            case WARN -> LOG.warn("{} [{}]", arguments);
            case ERROR -> LOG.error("{} [{}]", arguments);
        }
    }
}
