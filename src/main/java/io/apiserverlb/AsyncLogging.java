package io.apiserverlb;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Has the log written by a thread of its own: a reader of the console that stalls must not stall event loops, which log each session.
 *
 * <p>Whatever appenders the logging configuration has made stay as they are.
 */
final class AsyncLogging {
    private AsyncLogging() {}

    static void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            List<Appender<ILoggingEvent>> appenders = new ArrayList<>();
            root.iteratorForAppenders().forEachRemaining(appenders::add);
            appenders.stream()
                    .filter(appender -> !(appender instanceof LogWriter || appender instanceof AsyncAppender))
                    .forEach(appender -> {
                        root.detachAppender(appender);
                        LogWriter writer = new LogWriter(appender, root);
                        writer.setContext(context);
                        writer.start();
                        root.addAppender(writer);
                    });
        }
    }
}
