package io.apiserverlb;

import io.apiserverlb.tls.ExactTrust;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code --status}: prints the table of the instance that runs with this configuration.
 *
 * <p>With {@code --wait=30s} it does so as soon as a server has passed a check, and fails if none has by then.
 */
final class StatusCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final int OK = 200;

    private final PrintStream out;
    private final PrintStream err;
    private int exitCode = 1;

    StatusCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** The exit code: 0 if there is an instance, and what was waited for, else 1. */
    int run(String[] args) {
        try {
            Duration patience = patience(new SimpleCommandLinePropertySource(args).getProperty("wait"));
            var unused =
                    CommandEnvironment.use(args, environment -> exitCode = run(WebSettings.of(environment), patience));
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return 1;
        }
        return exitCode;
    }

    private static @Nullable Duration patience(@Nullable String text) {
        try {
            return text == null ? null : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of("--wait", text, String.valueOf(e.getMessage()));
        }
    }

    /** A client that trusts the very certificate that the instance was given, and no authority. */
    private static HttpClient client(WebSettings web) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        web.tls().ifPresent(tls -> client.sslContext(trusting(tls)));
        return client.build();
    }

    private static SSLContext trusting(WebTls tls) {
        if (tls.clientAuth() == ClientAuth.NEED) {
            throw ConfigurationException.of(
                    "server.ssl.client-auth", "need", "--status has no client certificate to show; want lets it ask");
        }
        return ExactTrust.context(tls.certificate());
    }

    /** @param patience null: any instance will do */
    private int run(WebSettings web, @Nullable Duration patience) {
        HttpClient client = client(web);
        URI address = web.uri("/lb");
        try {
            boolean good = patience == null || isUpWithin(patience, client, address);
            HttpResponse<String> table = get(client, address, "text/plain");
            if (table.statusCode() != OK) {
                err.println(address + " answers " + table.statusCode());
                return 1;
            }
            out.print(table.body());
            if (!good) {
                err.println("no server has passed a check in that time");
            }
            return good ? 0 : 1;
        } catch (SSLException e) {
            err.println("what answers at " + address + " is not served by the certificate of this configuration: "
                    + e.getMessage());
        } catch (IOException e) {
            err.println("nothing answers at " + address + ": is the service running there?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private static boolean isUpWithin(Duration patience, HttpClient client, URI address) throws InterruptedException {
        long start = System.nanoTime();
        while (!isUp(client, URI.create(address + "/servers"))) {
            if (System.nanoTime() - start > patience.toNanos()) {
                return false;
            }
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        }
        return true;
    }

    /** Whether there is an instance, and a server that is more than trusted for the beginning. */
    private static boolean isUp(HttpClient client, URI servers) throws InterruptedException {
        try {
            HttpResponse<String> list = get(client, servers, "application/json");
            return list.statusCode() == OK
                    && JsonMapper.shared()
                            .readTree(list.body())
                            .get("servers")
                            .valueStream()
                            .anyMatch(StatusCommand::isUp);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isUp(JsonNode server) {
        return server.get("usable").booleanValue()
                && server.get("state").stringValue().equals("up");
    }

    private static HttpResponse<String> get(HttpClient client, URI address, String type)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Accept", type)
                .timeout(TIMEOUT)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
