package io.apiserverlb.check;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.apiserverlb.check.Attempt.Phase;
import io.apiserverlb.pool.CheckResult.Code;
import io.apiserverlb.tls.TlsPeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** What servers answer to a check. */
class AnswerFuzzTest {
    private static final TlsPeer PEER = ClientFiles.trustingNobody().open("localhost");
    private static final int LONGEST_DETAIL = 1_200;
    private static final Set<Code> ANSWERS =
            EnumSet.of(Code.L7OK, Code.L7OKC, Code.L7STS, Code.L7RSP, Code.L6RSP, Code.L4CON);

    @FuzzTest
    void readsAnswers(byte[] bytes) {
        Finding atOnce = ask(bytes, bytes.length);
        Finding inPieces = ask(bytes, 1 + bytes.length / 3);
        demand(atOnce.equals(inPieces), "at once " + atOnce + ", in pieces " + inPieces);
        KubernetesVersion.parse(new String(bytes, StandardCharsets.UTF_8)).ifPresent(version -> readable(version, 64));
    }

    static Finding ask(byte[] bytes, int piece) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(TlsConnector.LAST, new ChannelInboundHandlerAdapter());
        HttpsConnection connection = new HttpsConnection(channel, "localhost:6443", PEER);
        Future<Answer> answer = connection.ask("/readyz");
        ByteBuf request = channel.readOutbound();
        request.release();
        for (int at = 0; at < bytes.length && channel.isActive(); at += piece) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
        }
        demand(answer.isDone() || channel.isActive(), "a connection is closed and nobody is told");
        channel.close();
        demand(answer.isDone(), "the end of a connection is no end of the question");
        channel.finishAndReleaseAll();
        Finding finding = answer.isSuccess() ? answer.getNow().finding() : Failure.of(answer.cause(), Phase.ANSWER);
        demand(ANSWERS.contains(finding.code()), "an answer is " + finding);
        demand(!answer.isSuccess() || finding.status() != null, "an answer without a status: " + finding);
        demand(!finding.passed() || answer.isSuccess(), "a failure is " + finding);
        readable(finding.detail(), LONGEST_DETAIL);
        return finding;
    }
}
