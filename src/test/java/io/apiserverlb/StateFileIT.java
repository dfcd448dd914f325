package io.apiserverlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileIT {
    @TempDir
    Path folder;

    @Test
    void takesOverTheFileOfTheK3sAgentAndKeepsItsForm() throws Exception {
        Path file = folder.resolve("k3s-agent-load-balancer.json");
        Files.writeString(file, """
                {
                  "ServerURL": "https://127.0.0.1:6789",
                  "ServerAddresses": [
                    "127.0.0.2:6443",
                    "127.0.0.3:6443"
                  ],
                  "Listener": null
                }""");
        try (Service service = Service.start(folder, "--lb.state-file=" + file)) {
            assertThat(service.get("/lb/servers"))
                    .contains("\"serverUrl\":\"https://127.0.0.1:6789\"")
                    .contains("\"serverAddresses\":[\"127.0.0.2:6443\",\"127.0.0.3:6443\"]")
                    .contains("\"role\":\"fallback\"");

            assertThat(service.put("/lb/servers", "{\"serverAddresses\":[\"127.0.0.4:6443\"]}")
                            .statusCode())
                    .isEqualTo(200);

            await().until(() -> Files.readString(file).contains("127.0.0.4"));
            assertThat(Files.readString(file)).startsWith("""
                    {
                      "ServerURL": "https://127.0.0.1:6789",
                      "ServerAddresses": [
                        "127.0.0.4:6443"
                      ],
                      "Listener": null""");
        }

        try (Service again = Service.start(folder, "--lb.state-file=" + file)) {
            assertThat(again.get("/lb/servers")).contains("\"serverAddresses\":[\"127.0.0.4:6443\"]");
        }
    }
}
