package io.apiserverlb.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Follows server-sent events as a browser would. */
final class EventSourceClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final HttpURLConnection connection;
    private final BufferedReader lines;

    EventSourceClient(int port, String path, @Nullable String lastEventId) throws IOException {
        connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestProperty("Accept", "text/event-stream");
        if (lastEventId != null) {
            connection.setRequestProperty("Last-Event-ID", lastEventId);
        }
        lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    @Nullable
    String header(String name) {
        return connection.getHeaderField(name);
    }

    /** The next line that is neither empty nor a comment; null at the end. */
    @Nullable
    String next() throws IOException {
        String line = lines.readLine();
        while (line != null && (line.isEmpty() || line.startsWith(":") || line.startsWith("retry"))) {
            line = lines.readLine();
        }
        return line;
    }

    /** The data of the next event, which has this name. */
    String next(String event) throws IOException {
        assertThat(next()).isEqualTo("event: " + event);
        return String.valueOf(next()).substring("data: ".length());
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
