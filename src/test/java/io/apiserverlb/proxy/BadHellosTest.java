package io.apiserverlb.proxy;

import io.apiserverlb.testing.BadInputs;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BadHellosTest {

    @Test
    void areTakenAsDocumented() throws IOException {
        BadInputs table = new BadInputs("What clients say first");
        BadInputs.of(ClientHelloFuzzTest.class).forEach((name, bytes) -> {
            String taken = switch (ClientHello.look(Unpooled.wrappedBuffer(bytes))) {
                case UNFINISHED -> "may become a ClientHello: waited for, and passed on as it comes";
                case COMPLETE -> "a ClientHello: another server may be asked as well";
                case OTHER -> "something else: passed on to one server, and to no other";
            };
            table.tried(name, taken);
        });
        table.requireDocumented();
    }
}
