package io.apiserverlb.discovery.kubernetes;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A watch as clients of Kubernetes ask for it, an answer of events in chunks, fed by the WebSocket that the store has for it.
 *
 * <p>The store is never told that the client has left: should it have an event to tell at that moment, it would stand still for a minute.
 */
final class WatchStream implements WebSocket.Listener {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final Socket client;
    private volatile boolean muted;
    private final StringBuilder event = new StringBuilder();

    WatchStream(Socket client) {
        this.client = client;
    }

    void begin(URI store) {
        write(HEAD);
        var unused = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(store, this)
                .join();
    }

    void mute() {
        muted = true;
    }

    /** Tells one event. */
    void send(String json) {
        if (muted) {
            return;
        }
        byte[] line = (json + "\n").getBytes(StandardCharsets.UTF_8);
        write(Integer.toHexString(line.length) + "\r\n" + json + "\n\r\n");
    }

    private synchronized void write(String text) {
        try {
            OutputStream out = client.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            // The client has left.
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        event.append(part);
        if (last) {
            send(event.toString());
            event.setLength(0);
        }
        socket.request(1);
        return null;
    }
}
