package io.apiserverlb.chaos;

import io.apiserverlb.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One process of the balancer, and its log. */
record Life(int number, Service service) {
    private static final String JVM = "-Xmx96m -Dio.netty.leakDetection.level=paranoid";
    /** An event may be an error of the world outside; that no server is left, for example. */
    private static final Pattern BAD = Pattern.compile(
            ".*LEAK:.*|\\s+at [\\w.$/]+\\(.*|.* ERROR (?!.* apiserver-lb\\.event ).*|.*\\b\\w+(Exception|Error)\\b.*");

    static Life start(int number, Path folder, List<String> arguments) throws IOException {
        return new Life(
                number,
                Service.startInside(
                        List.of(),
                        Map.of("JAVA_TOOL_OPTIONS", JVM, "PATH", System.getenv("PATH")),
                        folder,
                        arguments.toArray(String[]::new)));
    }

    List<SessionLine> sessions() {
        return service.log()
                .lines()
                .flatMap(line -> SessionLine.parse(number, line).stream())
                .toList();
    }

    /** The lines that should not be there. */
    List<String> complaints() {
        return service.log().lines().filter(line -> BAD.matcher(line).matches()).toList();
    }
}
