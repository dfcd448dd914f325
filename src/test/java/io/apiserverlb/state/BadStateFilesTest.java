package io.apiserverlb.state;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BadStateFilesTest {

    @Test
    void areAnsweredAsDocumented() throws IOException {
        BadInputs table = new BadInputs("State files");
        BadInputs.of(StateFuzzTest.class).forEach((name, bytes) -> {
            try {
                Restoration restored = Restoration.of(Optional.of(StateJson.read(bytes)), List.of(), List.of(), true);
                String notes = restored.notes().stream().map(Note::message).collect(Collectors.joining("; "));
                int addresses = restored.memory().membership().effective().size();
                table.tried(name, "read, addresses: " + addresses, notes);
            } catch (CorruptStateException e) {
                table.tried(name, "moved away", String.valueOf(e.getMessage()));
            }
        });
        table.requireDocumented();
    }
}
