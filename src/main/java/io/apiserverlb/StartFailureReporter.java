package io.apiserverlb;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.yaml.snakeyaml.error.YAMLException;

/** Says why the service cannot start in one line, instead of a page. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureReporter implements SpringBootExceptionReporter {
    private final @Nullable ConfigurableApplicationContext context;

    /** @param context null: there is none as yet */
    StartFailureReporter(@Nullable ConfigurableApplicationContext context) {
        this.context = context;
    }

    @Override
    @SuppressWarnings("SystemOut") // the log may be what is misconfigured
    public boolean reportException(Throwable failure) {
        Optional<String> reason = reason(failure);
        reason.ifPresent(System.err::println);
        return reason.isPresent();
    }

    /** Empty: Spring's own words have to do. */
    Optional<String> reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException) {
                return Optional.of(String.valueOf(cause.getMessage()));
            }
            if (cause instanceof YAMLException malformed) {
                return Optional.of(MalformedYaml.explain(malformed, Path.of("")));
            }
            if (cause instanceof PortInUseException inUse) {
                return Optional.of(inUse(inUse.getPort()));
            }
            if (cause instanceof SocketException && cause.getCause() == null) {
                return isOfWebServer(failure) ? Optional.of(notListening(cause)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isOfWebServer(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(WebServerException.class::isInstance);
    }

    private List<WebAddress> webAddresses() {
        return context == null
                ? List.of()
                : WebSettings.of(context.getEnvironment()).addresses();
    }

    private String inUse(int port) {
        Optional<WebAddress> known = webAddresses().stream()
                .filter(address -> address.port() == port)
                .findFirst();
        String property = known.map(WebAddress::prefix).orElse("server") + ".port";
        InetSocketAddress socket = known.map(WebAddress::occupied).orElseGet(() -> new InetSocketAddress(port));
        return property + ": " + port + " is in use already"
                + PortOwner.of(socket).map(name -> " by " + name).orElse("");
    }

    /** Such as on a port for which the process has no right. */
    private String notListening(Throwable cause) {
        String where = webAddresses().stream()
                .map(address -> address + " (" + address.prefix() + ".port)")
                .collect(Collectors.joining(" or "));
        return "the web server cannot listen on " + where + ": " + cause.getMessage();
    }
}
