package io.apiserverlb;

import java.net.InetSocketAddress;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says why the service cannot start in one line, instead of a page. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureReporter implements SpringBootExceptionReporter {
    @Override
    @SuppressWarnings("SystemOut") // the log may be what is misconfigured
    public boolean reportException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException) {
                System.err.println(cause.getMessage());
                return true;
            }
            if (cause instanceof PortInUseException inUse) {
                System.err.println("server.port: " + inUse.getPort() + " is in use already"
                        + PortOwner.of(new InetSocketAddress(inUse.getPort()))
                                .map(name -> " by " + name)
                                .orElse(""));
                return true;
            }
        }
        return false;
    }
}
