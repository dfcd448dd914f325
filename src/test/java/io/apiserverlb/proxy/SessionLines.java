package io.apiserverlb.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** The lines of the session log that are written while it is open. */
final class SessionLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final int FLAGS = 6;

    private final Logger logger = (Logger) LoggerFactory.getLogger("apiserver-lb.session");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    SessionLines() {
        start();
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        (event.getLevel() == Level.INFO ? lines : warnings).add(event.getFormattedMessage());
    }

    List<String> all() {
        return List.copyOf(lines);
    }

    /** What else the session log says. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** The termination flags of each session that has ended. */
    List<String> flags() {
        return lines.stream().map(line -> line.split(" ", -1)[FLAGS]).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
    }
}
