package io.apiserverlb.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IoReasonTest {

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(new AccessDeniedException("/a"), "/a: permission denied"),
                Arguments.of(new NoSuchFileException("/a"), "/a: there is no such file or folder"),
                Arguments.of(new FileAlreadyExistsException("/a"), "/a: is in the way"),
                Arguments.of(new FileSystemLoopException("/a"), "/a: FileSystemLoopException"),
                Arguments.of(new FileSystemException("/a", null, "Is a directory"), "/a: Is a directory"),
                Arguments.of(new IOException("No space left on device"), "No space left on device"),
                Arguments.of(new ClosedByInterruptException(), ClosedByInterruptException.class.getName()));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void saysWhatIsWrongInWords(Exception e, String reason) {
        assertThat(IoReason.of(e)).isEqualTo(reason);
    }
}
