package io.apiserverlb.state;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import org.jspecify.annotations.Nullable;

/** Something that restoring the state has to report: an {@link Event} to be. */
record Note(
        Event.Type type,
        Event.Severity severity,
        String actor,
        String message,
        @Nullable String before,
        @Nullable String after) {

    private static final String STATE_FILE = "state-file";
    private static final String CONFIGURATION = "configuration";

    static Note info(String message) {
        return new Note(Event.Type.STATE_FILE, Event.Severity.INFO, STATE_FILE, message, null, null);
    }

    static Note warn(String message) {
        return new Note(Event.Type.STATE_FILE, Event.Severity.WARN, STATE_FILE, message, null, null);
    }

    static Note reconfigured(String message, String before, String after) {
        return new Note(Event.Type.LIST, Event.Severity.INFO, CONFIGURATION, message, before, after);
    }

    void record(Events events) {
        events.record(type, severity, null, actor, message, before, after);
    }
}
