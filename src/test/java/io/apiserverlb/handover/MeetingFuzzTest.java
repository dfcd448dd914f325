package io.apiserverlb.handover;

import static io.apiserverlb.testing.Demands.demand;
import static io.apiserverlb.testing.Demands.readable;
import static io.apiserverlb.testing.Demands.same;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.nio.charset.StandardCharsets;

/** What two processes say to each other when one takes over. */
class MeetingFuzzTest {
    private static final int OFFERED = 5;

    @FuzzTest
    void hears(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Meeting.speak(channel.pipeline(), Meeting.SHORT_LINES);
        try {
            channel.writeInbound(Unpooled.copiedBuffer(bytes));
        } catch (TooLongFrameException e) {
            readable(e.getMessage(), 200);
        }
        for (Object heard = channel.readInbound(); heard != null; heard = channel.readInbound()) {
            String line = (String) heard;
            demand(line.length() <= Meeting.SHORT_LINES, "a line has " + line.length() + " characters");
            offer(line);
            chosen(line);
        }
        channel.finishAndReleaseAll();
        String text = new String(bytes, StandardCharsets.UTF_8);
        offer(text);
        chosen(text);
    }

    private static void offer(String words) {
        try {
            Offer offer = Offer.parse(words);
            same(Offer.parse(offer.words()), offer);
            demand(offer.listeners() < 1_000, "offers too much: " + offer);
        } catch (HandoverException e) {
            readable(e.getMessage(), 200);
        }
    }

    private static void chosen(String words) {
        try {
            Chosen chosen = Chosen.parse(words, OFFERED);
            same(Chosen.parse(chosen.words(), OFFERED), chosen);
            demand(chosen.places().stream().allMatch(place -> place >= 0 && place < OFFERED), "chose " + chosen);
        } catch (HandoverException e) {
            readable(e.getMessage(), 200);
        }
    }
}
