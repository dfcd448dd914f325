package io.apiserverlb;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.springframework.core.env.ConfigurableEnvironment;

/** {@code --status}: prints the table of the instance that runs with this configuration. */
final class StatusCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final PrintStream out;
    private final PrintStream err;
    private int exitCode;

    StatusCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** The exit code: 0 if there is an instance, else 1. */
    int run(String[] args) {
        try {
            CommandEnvironment.use(args, environment -> exitCode = print(address(environment)));
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return 1;
        }
        return exitCode;
    }

    private static URI address(ConfigurableEnvironment environment) {
        WebSettings web = WebSettings.of(environment);
        boolean wildcard = web.address().equals("0.0.0.0") || web.address().equals("::");
        String reachable = wildcard ? "127.0.0.1" : web.address();
        String host = reachable.indexOf(':') < 0 ? reachable : "[" + reachable + "]";
        return URI.create("http://" + host + ":" + web.port() + "/lb");
    }

    private int print(URI address) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Accept", "text/plain")
                .timeout(TIMEOUT)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == OK) {
                out.print(response.body());
                return 0;
            }
            err.println(address + " answers " + response.statusCode());
        } catch (IOException e) {
            err.println("nothing answers at " + address + ": is the service running there?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }
}
