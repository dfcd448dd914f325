package io.apiserverlb.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.CheckResult.Code;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Too many open files",
                "Too many open files in system",
                "connect(..) failed with error(-99): Cannot assign requested address",
                "connect(..) failed with error(-105): No buffer space available",
                "connect(..) failed with error(-1): Operation not permitted",
                "connect(..) failed with error(-13): Permission denied"
            })
    void holdsNothingAgainstAServerForTroubleOfOurOwn(String message) {
        Throwable cause = new ChannelException("Unable to open a socket", new SocketException(message));

        Finding finding = Failure.of(cause, Phase.CONNECT);

        assertThat(finding.code()).isEqualTo(Code.SOCKERR);
        assertThat(finding.detail()).contains(message);
    }

    @Test
    void knowsTroubleOfOurOwnByItsTypeInAnyLanguage() {
        Finding finding = Failure.of(new BindException("Adresse nicht verfügbar"), Phase.CONNECT);

        assertThat(finding.code()).isEqualTo(Code.SOCKERR);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void holdsNothingAgainstAServerIfWeHaveNoMemory(Phase phase) {
        Throwable cause = new DecoderException(new OutOfMemoryError("Cannot reserve 65536 bytes"));

        Finding finding = Failure.of(cause, phase);

        assertThat(finding.code()).isEqualTo(Code.SOCKERR);
        assertThat(finding.detail()).isEqualTo("no memory of our own: Cannot reserve 65536 bytes");
    }

    @Test
    void tellsUnreachableFromRefused() {
        assertThat(Failure.of(new NoRouteToHostException(), Phase.CONNECT))
                .isEqualTo(new Finding(Code.L4CON, "unreachable"));
        assertThat(Failure.of(new SocketException("Network is unreachable"), Phase.CONNECT))
                .isEqualTo(new Finding(Code.L4CON, "unreachable"));
        assertThat(Failure.of(
                        new ConnectException("finishConnect(..) failed: Connection refused: /1.2.3.4:5"),
                        Phase.CONNECT))
                .isEqualTo(new Finding(Code.L4CON, "connection refused"));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "HANDSHAKE", "ANSWER"})
    void callsAResetByItsNameWheneverItComes(Phase phase) {
        assertThat(Failure.of(new IOException("Connection reset by peer"), phase))
                .isEqualTo(new Finding(Code.L4CON, "connection reset"));
    }

    @ParameterizedTest
    @EnumSource(names = {"HANDSHAKE", "ANSWER"})
    void namesATlsAlertWheneverItComes(Phase phase) {
        Throwable cause = new DecoderException(
                new SSLHandshakeException("(certificate_required) Received fatal alert: certificate_required"));

        assertThat(Failure.of(cause, phase)).isEqualTo(new Finding(Code.L6RSP, "TLS alert: certificate_required"));
    }

    @Test
    void doesNotBelieveAServerThatQuotesTheKernel() {
        Throwable cause =
                new IllegalArgumentException("invalid version format: TOO MANY OPEN FILES, Too many open files");

        assertThat(Failure.of(cause, Phase.ANSWER)).isEqualTo(new Finding(Code.L7RSP, "the answer is not HTTP"));
    }

    @Test
    void takesTheWordsOfTheInnermostExceptionInOneShortLine() {
        Throwable cause = new DecoderException("outer", new SSLException("bad\r\n\u001bthing " + "x".repeat(500)));

        Finding finding = Failure.of(cause, Phase.HANDSHAKE);

        assertThat(finding.code()).isEqualTo(Code.L6RSP);
        assertThat(finding.detail()).startsWith("bad thing xxx").hasSizeLessThan(210);
    }
}
