package io.apiserverlb.api;

import io.apiserverlb.pool.Event;
import io.apiserverlb.pool.Events;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerConfiguration;
import org.springframework.boot.logging.LoggerGroup;
import org.springframework.boot.logging.LoggerGroups;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;

/**
 * Records the changes whose makers neither record nor try them: Actuator's, log levels above all.
 */
@Component
final class OtherChanges {
    /** Any other name could hold line breaks. */
    private static final Pattern LOGGER = Pattern.compile(".*/loggers/([\\w.$-]+)");

    /** Under these, changes are tried and told by whoever makes them. */
    private static final List<String> OWN_CHANGES = List.of("/lb", "/demo");

    private final Events events;
    private final LoggingSystem logging;
    private final @Nullable LoggerGroups groups;

    OtherChanges(Events events, LoggingSystem logging, ObjectProvider<LoggerGroups> groups) {
        this.events = events;
        this.logging = logging;
        this.groups = groups.getIfAvailable();
    }

    static boolean isOne(Call call) {
        return call.changes() && OWN_CHANGES.stream().noneMatch(call::isUnder);
    }

    /**
     * To be called before it is made.
     *
     * @return null if it is not of these
     */
    @Nullable
    Pending begin(Call call) {
        if (!isOne(call)) {
            return null;
        }
        Matcher logger = LOGGER.matcher(call.path());
        return logger.matches() ? new Pending(logger.group(1), level(logger.group(1))) : new Pending(null, null);
    }

    /** Of a group what was set last, as its loggers need not agree. */
    private @Nullable String level(String name) {
        LoggerGroup group = group(name);
        LogLevel level = group == null ? ofLogger(name) : group.getConfiguredLevel();
        return level == null ? null : level.name();
    }

    /** Actuator takes a name for that of a group first. */
    private @Nullable LoggerGroup group(String name) {
        LoggerGroup group = groups == null ? null : groups.get(name);
        return group != null && group.hasMembers() ? group : null;
    }

    private @Nullable LogLevel ofLogger(String name) {
        LoggerConfiguration configuration = logging.getLoggerConfiguration(name);
        return configuration == null ? null : configuration.getEffectiveLevel();
    }

    private String message(String name, @Nullable String level) {
        String kind = group(name) == null ? "logger " : "group of loggers ";
        return "the level of the " + kind + name + " is " + (level == null ? "not set" : level);
    }

    /** One that is being made. */
    final class Pending {
        private final @Nullable String logger;
        private final @Nullable String before;

        private Pending(@Nullable String logger, @Nullable String before) {
            this.logger = logger;
            this.before = before;
        }

        /**
         * It has been made.
         *
         * @param call as the caller sent it
         */
        void end(int status, String actor, String call) {
            if (!HttpStatusCode.valueOf(status).is2xxSuccessful()) {
                return;
            }
            String after = logger == null ? null : level(logger);
            String message = logger == null ? call : message(logger, after);
            events.record(Event.Type.SETTING, Event.Severity.INFO, null, actor, message, before, after);
        }
    }
}
