package io.apiserverlb;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The finished program, run as users run it, on free ports. */
public final class Service implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    /** Half of the work of a start is the compiler's. */
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=paranoid");

    private static final Pattern LISTENING = Pattern.compile("listening on \\[\\\\?/127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern WEB = Pattern.compile("Tomcat started on port (\\d+)");

    /** Made when the first process is started. */
    private static @Nullable Unpacked unpacked;

    private final Process process;
    private final Path log;
    private final HttpClient http = HttpClient.newHttpClient();

    private Service(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it and waits for nothing; its state file is in this folder unless the arguments say otherwise. */
    public static Service start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** The same with the jar as it is. */
    static Service startJar(Path folder, String... arguments) throws IOException {
        List<String> program = List.of("-jar", jar().toString());
        return start(
                folder, new ProcessBuilder(command(List.of(), folder, QUICK_START, program, onFreePorts(arguments))));
    }

    /** The same in an environment with these variables as well. */
    static Service start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(List.of(), folder, QUICK_START, onFreePorts(arguments)));
        builder.environment().putAll(environment);
        return start(folder, builder);
    }

    /** The same, as on a machine with one processor, with one event loop, and compiled as in service. */
    static Service startOnOneProcessor(Path folder, String... arguments) throws IOException {
        List<String> one = List.of("-XX:ActiveProcessorCount=1");
        return start(folder, new ProcessBuilder(command(List.of(), folder, one, onFreePorts(arguments))));
    }

    private static List<String> onFreePorts(String... arguments) {
        return Stream.concat(Stream.of("--lb.listen=127.0.0.1:0", "--server.port=0"), Stream.of(arguments))
                .toList();
    }

    public static Service startWithGiven(Path folder, String... arguments) throws IOException {
        return startBy(List.of(), folder, arguments);
    }

    /** Has another command start it, and perhaps start it again, of which it is the rest. */
    static Service startBy(List<String> starter, Path folder, String... arguments) throws IOException {
        return start(folder, new ProcessBuilder(command(starter, folder, QUICK_START, List.of(arguments))));
    }

    /** Starts it with few descriptors to open, and with these options of the JVM as well. */
    static Service startPoor(int descriptors, List<String> jvmOptions, Path folder, String... arguments)
            throws IOException {
        List<String> poor = List.of("sh", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "sh");
        List<String> options =
                Stream.concat(QUICK_START.stream(), jvmOptions.stream()).toList();
        return start(folder, new ProcessBuilder(command(poor, folder, options, onFreePorts(arguments))));
    }

    /**
     * Starts it as a container: with this environment and no other.
     *
     * @param starter the words that make a command run where it shall
     */
    public static Service startInside(
            List<String> starter, Map<String, String> environment, Path folder, String... arguments)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(starter, folder, QUICK_START, List.of(arguments)));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return start(folder, builder);
    }

    private static List<String> command(
            List<String> starter, Path folder, List<String> jvmOptions, List<String> arguments) throws IOException {
        return command(starter, folder, jvmOptions, unpacked().command(), arguments);
    }

    private static List<String> command(
            List<String> starter, Path folder, List<String> jvmOptions, List<String> program, List<String> arguments) {
        List<String> command = new ArrayList<>(starter);
        command.add(java());
        command.addAll(jvmOptions);
        command.add("-Duser.home=" + folder);
        command.addAll(program);
        command.addAll(arguments);
        return command;
    }

    private static synchronized Unpacked unpacked() throws IOException {
        if (unpacked == null) {
            unpacked = Unpacked.of(jar(), QUICK_START);
        }
        return unpacked;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Service start(Path folder, ProcessBuilder builder) throws IOException {
        Path log = Files.createTempFile(folder, "service", ".log");
        Process process = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Service(process, log);
    }

    private static Path jar() {
        return Path.of(System.getProperty("apiserver-lb.jar"));
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The port that clients connect to, once it is bound. */
    public int port() {
        return find(LISTENING);
    }

    /** The port of the web side, once it answers. */
    public int webPort() {
        return find(WEB);
    }

    private int find(Pattern pattern) {
        await().atMost(START).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the service has ended: " + log());
            }
            return pattern.matcher(log()).find();
        });
        Matcher matcher = pattern.matcher(log());
        matcher.find();
        return Integer.parseInt(matcher.group(1));
    }

    public String get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers).body();
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + webPort() + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> put(String path, String json) throws Exception {
        return send("PUT", path, json, "Content-Type", "application/json");
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Of the process. */
    public long pid() {
        return process.pid();
    }

    /** STOP and CONT have it stand still for a while. */
    public void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("no signal " + name + " for " + pid());
        }
    }

    /** What its starter has started. */
    ProcessHandle child() {
        return await().atMost(START)
                .until(() -> process.children().findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code, if it ends in time. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the service does not end: " + log());
        }
        return process.exitValue();
    }

    /** How much processor time it has taken. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        // Its onExit() would wait for whoever has its number by now, if it ended long ago.
        await().atMost(START).until(() -> !process.isAlive());
        if (log().contains("LEAK:")) {
            throw new IllegalStateException("the service has leaked buffers: " + log());
        }
    }
}
