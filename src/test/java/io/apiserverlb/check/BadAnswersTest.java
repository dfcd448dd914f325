package io.apiserverlb.check;

import io.apiserverlb.testing.BadInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BadAnswersTest {

    @Test
    void areJudgedAsDocumented() throws IOException {
        BadInputs table = new BadInputs("Answers to checks");
        BadInputs.of(AnswerFuzzTest.class).forEach((name, bytes) -> {
            if (name.startsWith("version") && !name.equals("version 9")) {
                String version = KubernetesVersion.parse(new String(bytes, StandardCharsets.UTF_8))
                        .orElse("none");
                table.tried(name, "version: " + version, "");
            } else {
                Finding finding = AnswerFuzzTest.ask(bytes, Math.max(1, bytes.length));
                table.tried(name, finding.code().name(), finding.detail());
            }
        });
        table.requireDocumented();
    }
}
