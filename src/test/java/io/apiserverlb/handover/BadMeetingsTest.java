package io.apiserverlb.handover;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BadMeetingsTest {
    private static final int OFFERED = 5;

    @Test
    void endAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Words of another process");
        BadInputs.of(MeetingFuzzTest.class).forEach((name, bytes) -> {
            String words = new String(bytes, StandardCharsets.UTF_8);
            if (name.startsWith("offer")) {
                table.tried(name, offer(words));
            } else if (name.startsWith("chosen")) {
                table.tried(name, chosen(words));
            }
        });
        table.requireDocumented();
    }

    private static String offer(String words) {
        try {
            return "is taken: " + Offer.parse(words).words();
        } catch (HandoverException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String chosen(String words) {
        try {
            return "is taken: " + Chosen.parse(words, OFFERED).words();
        } catch (HandoverException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
