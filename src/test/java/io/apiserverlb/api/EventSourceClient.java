package io.apiserverlb.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Follows the events as a browser would. */
final class EventSourceClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final HttpURLConnection connection;
    private final BufferedReader lines;

    EventSourceClient(int port, @Nullable String lastEventId) throws IOException {
        connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/lb/events").toURL().openConnection();
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

    @Override
    public void close() {
        connection.disconnect();
    }
}
