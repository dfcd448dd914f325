package io.apiserverlb.tls;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BadPemTest {

    @Test
    void isRefusedAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Certificates and keys");
        BadInputs.of(PemFuzzTest.class).forEach((name, bytes) -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            table.tried(name, certificates(text), key(text));
        });
        table.requireDocumented();
    }

    private static String certificates(String text) {
        try {
            return "certificates: " + Certificates.parse(text).size();
        } catch (PemException e) {
            return "the file " + e.getMessage();
        }
    }

    private static String key(String text) {
        try {
            return "a key for " + PrivateKeyReader.read(PemBlock.parse(text)).getAlgorithm();
        } catch (PemException e) {
            return "the file " + e.getMessage();
        }
    }
}
