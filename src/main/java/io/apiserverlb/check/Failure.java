package io.apiserverlb.check;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.CheckResult.Code;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What an exception says about the server that was being checked. Pure. */
final class Failure {
    private static final Pattern TLS_ALERT = Pattern.compile("alert: ([a-z_]+)");
    private static final int MAX_LENGTH = 200;

    /** EMFILE and ENFILE, EADDRNOTAVAIL, ENOBUFS and ENOMEM, EPERM and EACCES: with these the kernel speaks of this host. */
    private static final List<String> OWN_TROUBLES = List.of(
            "Too many open files",
            "Cannot assign requested address",
            "No buffer space available",
            "Cannot allocate memory",
            "Operation not permitted",
            "Permission denied");

    private final List<Throwable> causes;

    private Failure(Throwable cause) {
        this.causes = Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .limit(10)
                .toList();
    }

    /** @param phase in which it happened */
    static Finding of(Throwable cause, Phase phase) {
        return new Failure(cause).in(phase);
    }

    private Finding in(Phase phase) {
        if (is(OutOfMemoryError.class)) {
            return Finding.ownTrouble("no memory of our own: " + words());
        }
        if (is(BindException.class) || OWN_TROUBLES.stream().anyMatch(this::says)) {
            return Finding.ownTrouble("no connection of our own: " + words());
        }
        if (says("Connection refused")) {
            return new Finding(Code.L4CON, "connection refused");
        }
        if (says("Connection reset") || says("Broken pipe")) {
            return new Finding(Code.L4CON, "connection reset");
        }
        if (is(NoRouteToHostException.class) || says("unreachable")) {
            return new Finding(Code.L4CON, "unreachable");
        }
        return switch (phase) {
            case PREPARE -> Finding.ownTrouble(words());
            case CONNECT -> new Finding(Code.L4CON, words());
            case HANDSHAKE -> new Finding(Code.L6RSP, tls());
            case ANSWER -> answer();
        };
    }

    private String tls() {
        Matcher alert = TLS_ALERT.matcher(text());
        if (alert.find()) {
            return "TLS alert: " + alert.group(1);
        }
        if (is(NotSslRecordException.class)) {
            return "the server does not speak TLS";
        }
        boolean closed = is(ClosedChannelException.class) || says("Connection closed");
        return closed ? "connection closed in the TLS handshake" : words();
    }

    private Finding answer() {
        if (is(TooLongFrameException.class)) {
            return new Finding(Code.L7RSP, "the answer is longer than " + AnswerLimit.MAX_BYTES / 1024 + " KiB");
        }
        if (is(ClosedChannelException.class) || is(PrematureChannelClosureException.class)) {
            return new Finding(Code.L7RSP, "connection closed before the end of the answer");
        }
        // With TLS 1.3 a server objects to the client's certificate when the client is already asking.
        return is(SSLException.class)
                ? new Finding(Code.L6RSP, tls())
                : new Finding(Code.L7RSP, is(IOException.class) ? words() : "the answer is not HTTP");
    }

    private boolean is(Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private boolean says(String words) {
        return text().contains(words);
    }

    /** What the kernel and the TLS engine say: other messages may quote the server. */
    private String text() {
        return causes.stream()
                .filter(IOException.class::isInstance)
                .map(Throwable::getMessage)
                .filter(Objects::nonNull)
                .reduce("", (a, b) -> a + '\n' + b);
    }

    /** The innermost exception in one line. */
    private String words() {
        Throwable innermost = causes.get(causes.size() - 1);
        String message = Objects.requireNonNullElse(
                innermost.getMessage(), innermost.getClass().getSimpleName());
        String line = message.replaceAll("[^ -~]+", " ");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }
}
