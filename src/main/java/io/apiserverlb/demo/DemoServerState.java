package io.apiserverlb.demo;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;

/** A demo server as the switch shows it. */
record DemoServerState(
        @Schema(description = "its number", example = "1") int server,

        @Schema(description = "host:port", example = "127.0.0.1:36443")
        String address,

        @Schema(
                description = "what it does at present",
                allowableValues = {"running", "stopped", "frozen", "slow", "red"},
                example = "frozen")
        String mode) {

    static DemoServerState from(DemoServer server) {
        return new DemoServerState(server.number(), server.address(), text(server.mode()));
    }

    static String text(DemoServer.Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
