package io.apiserverlb.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.apiserverlb.discovery.kubernetes.ReviewServer.Answer;
import io.apiserverlb.testing.HeldPort;
import io.apiserverlb.testing.ManualClock;
import io.apiserverlb.testing.TestAuthority;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(240)
class CallerReviewsTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("cluster-ca");
    /** What waits for nothing is not to fail because the machine is busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.caller";
    private static final String ANNA = """
            {"authenticated":true,"audiences":["https://kubernetes.default.svc"],"user":{"username":"anna","uid":"7",
            "groups":["operators","system:authenticated"],"extra":{"example.org/shift":["night"]}}}
            """;
    private static final KubernetesUser USER = new KubernetesUser(
            "anna", "7", List.of("operators", "system:authenticated"), Map.of("example.org/shift", List.of("night")));

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final List<String> reported = new CopyOnWriteArrayList<>();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final ReviewServer server = new ReviewServer(AUTHORITY.server(TestCluster.SERVER_NAME));
    private final AtomicInteger lookedForGateway = new AtomicInteger();
    private volatile Optional<InetSocketAddress> gateway = Optional.of(server.address());
    private KubeconfigFile kubeconfig;
    private CallerReviews reviews;

    @BeforeEach
    void prepare() {
        Path file = folder.resolve("config");
        kubeconfig = new KubeconfigFile(file).ca(AUTHORITY.pem()).token("sesame");
        kubeconfig.write();
        reviews = reviews(PATIENCE);
    }

    private CallerReviews reviews(Duration patience) {
        ClusterCredentials credentials = new ClusterCredentials(
                new ClusterCredentials.Settings(folder.resolve("config"), null, null),
                new ClusterCredentials.Surroundings(name -> null, folder, folder),
                InstantSource.system(),
                clock::nanos);
        return new CallerReviews(
                credentials, this::gateway, patience, InstantSource.system(), clock::nanos, reported::add);
    }

    private Optional<InetSocketAddress> gateway() {
        lookedForGateway.incrementAndGet();
        return gateway;
    }

    @AfterEach
    void close() {
        reviews.close();
        server.close();
        callers.shutdownNow();
    }

    private void answer(String status) {
        server.answer(question -> Answer.of(question, status));
    }

    private String failure() {
        return failureOf(() -> reviews.user(TOKEN));
    }

    private static String failureOf(Callable<?> question) {
        NotReviewedException failure = catchThrowableOfType(NotReviewedException.class, question::call);
        assertThat(failure).isNotNull();
        assertThat(failure.getCause()).as("whose words nobody has looked at").isNull();
        assertThat(failure.getMessage()).doesNotContain(TOKEN).doesNotContain("sesame");
        return String.valueOf(failure.getMessage());
    }

    @Test
    void tellsWhoShowsAToken() throws Exception {
        answer(ANNA);

        assertThat(reviews.user(TOKEN)).contains(USER);

        assertThat(server.asked()).singleElement().satisfies(question -> {
            assertThat(question.path()).isEqualTo("/apis/authentication.k8s.io/v1/tokenreviews");
            assertThat(question.authorization()).isEqualTo("Bearer sesame");
            assertThat(question.body().toString())
                    .contains("\"apiVersion\":\"authentication.k8s.io/v1\"", "\"kind\":\"TokenReview\"")
                    .contains("\"spec\":{\"token\":\"" + TOKEN + "\"}");
        });
        assertThat(reported).isEmpty();
    }

    @Test
    void doesNotKnowATokenThatNobodyKnows() throws Exception {
        answer(ReviewServer.UNKNOWN);

        assertThat(reviews.user(TOKEN)).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void tellsOnceAMinuteWhyATokenIsNoneWithoutShowingIt() throws Exception {
        String expired =
                "{\"user\":{},\"error\":\"[invalid bearer token, " + TOKEN + " has expired\\nat\\u001b noon]\"}";
        answer(expired);

        assertThat(reviews.user(TOKEN)).isEmpty();
        assertThat(reviews.user("another")).isEmpty();
        clock.advance(Duration.ofSeconds(59));
        assertThat(reviews.user(TOKEN)).isEmpty();
        assertThat(reported)
                .containsExactly("the cluster does not take the token of a caller:"
                        + " invalid bearer token, … has expired?at? noon");
        clock.advance(Duration.ofSeconds(1));
        assertThat(reviews.user("one more")).isEmpty();

        assertThat(reported).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"allowed\":true}', true",
        "'{\"allowed\":false,\"reason\":\"no rule\"}', false",
        "'{}', false",
        "'{\"allowed\":true,\"denied\":true}', false",
        "'{\"allowed\":false,\"evaluationError\":\"a role is missing\"}', false"
    })
    void tellsWhatAUserMayDo(String status, boolean allowed) throws Exception {
        answer(status);

        assertThat(reviews.allows(USER, "put", "/lb/servers")).isEqualTo(allowed);

        assertThat(server.asked()).singleElement().satisfies(question -> {
            assertThat(question.path()).isEqualTo("/apis/authorization.k8s.io/v1/subjectaccessreviews");
            assertThat(question.body().get("apiVersion").stringValue()).isEqualTo("authorization.k8s.io/v1");
            assertThat(question.body().get("kind").stringValue()).isEqualTo("SubjectAccessReview");
            assertThat(question.body().at("/spec/user").stringValue()).isEqualTo("anna");
            assertThat(question.body().at("/spec/uid").stringValue()).isEqualTo("7");
            assertThat(question.body().at("/spec/groups").toString())
                    .isEqualTo("[\"operators\",\"system:authenticated\"]");
            assertThat(question.body().at("/spec/extra").toString()).isEqualTo("{\"example.org/shift\":[\"night\"]}");
            assertThat(question.body().at("/spec/nonResourceAttributes/verb").stringValue())
                    .isEqualTo("put");
            assertThat(question.body().at("/spec/nonResourceAttributes/path").stringValue())
                    .isEqualTo("/lb/servers");
            assertThat(question.body().at("/spec/resourceAttributes").isMissingNode())
                    .isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | HTTP 401: the cluster does not take the balancer's credentials
            403 | HTTP 403: the balancer's credentials may not create tokenreviews
            404 | HTTP 404: an API server cannot create tokenreviews
            503 | HTTP 503: an API server cannot create tokenreviews
            """)
    void saysInWordsWhyTheClusterDoesNotReview(int status, String words) {
        server.answer(question -> Answer.refusal(status));

        assertThat(failure()).isEqualTo(words);
    }

    @Test
    void saysWhichRightIsMissing() {
        server.answer(question -> Answer.refusal(403));

        assertThat(failureOf(() -> reviews.allows(USER, "get", "/lb")))
                .isEqualTo("HTTP 403: the balancer's credentials may not create subjectaccessreviews");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}
            <html>
            {"status":{"authenticated":true}}
            {"status":{"authenticated":true,"user":{"username":""}}}
            {"status":"fine"}
            """)
    void takesNobodyForSomebodyWhereTheAnswerCannotBeRead(String answer) {
        server.answer(question -> new Answer(200, answer));

        assertThat(failure()).isEqualTo("the answer of the API server cannot be read");
    }

    @Test
    void readsNoAnswerThatIsTooLarge() {
        server.answer(question -> new Answer(201, " ".repeat(1 << 20) + "{}"));

        assertThat(failure()).isEqualTo("an answer is larger than 1 MiB");
    }

    @Test
    void asksOnceMoreWhereOneServerFails() throws Exception {
        for (int status : new int[] {0, 500}) {
            AtomicInteger questions = new AtomicInteger();
            server.answer(
                    question -> questions.getAndIncrement() == 0 ? new Answer(status, "") : Answer.of(question, ANNA));

            assertThat(reviews.user(TOKEN + status)).contains(USER);
            assertThat(questions).hasValue(2);
        }
    }

    @Test
    void saysThatThereIsNoServer() throws Exception {
        try (HeldPort absent = new HeldPort()) {
            gateway = Optional.of(absent.socketAddress());

            assertThat(failure()).isEqualTo("no server reachable: connection refused");
        }

        gateway = Optional.empty();
        assertThat(failure()).isEqualTo("the listener for questions to the cluster is not open");
    }

    @Test
    void showsNoTokenToAServerThatIsNotTheClusters() {
        try (ReviewServer foreign = new ReviewServer(new TestAuthority("other").server(TestCluster.SERVER_NAME));
                ReviewServer misnamed = new ReviewServer(AUTHORITY.server("localhost"))) {
            for (ReviewServer other : List.of(foreign, misnamed)) {
                gateway = Optional.of(other.address());

                assertThat(failure()).startsWith("the API server is not the right one: ");
                assertThat(other.asked()).isEmpty();
            }
        }
    }

    @Test
    void followsNoServerThatSendsItElsewhere() {
        server.answer(question -> Answer.refusal(307));

        assertThat(failure()).isEqualTo("HTTP 307: an API server cannot create tokenreviews");
    }

    @Test
    void doesNotWaitForEverForASlowServer() {
        reviews.close();
        reviews = reviews(Duration.ofMillis(600));
        CountDownLatch end = new CountDownLatch(1);
        server.answer(question -> {
            awaitQuietly(end);
            return Answer.of(question, ANNA);
        });

        assertThat(failure()).endsWith("no answer in time");

        end.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void isReadyBeforeAnybodyAsks() throws Exception {
        answer(ReviewServer.UNKNOWN);

        reviews.prepare();
        await().atMost(PATIENCE).until(() -> lookedForGateway.get() > 0);
        assertThat(server.asked()).isEmpty();

        assertThat(reviews.user(TOKEN)).isEmpty();
    }

    @Test
    void showsTheCredentialsOfTheMoment() throws Exception {
        answer(ReviewServer.UNKNOWN);
        reviews.user("first");

        kubeconfig.token("simsim").write();
        reviews.user("second");
        kubeconfig.token("sim sim").write();
        reviews.user("third");

        assertThat(server.asked())
                .extracting(ReviewServer.Asked::authorization)
                .containsExactly("Bearer sesame", "Bearer simsim", "Bearer simsim");
        assertThat(reported).singleElement().asString().endsWith("the credentials read before stay in use");
    }

    @Test
    void keepsAnAnswerForTenSeconds() throws Exception {
        for (String status : List.of(ANNA, ReviewServer.UNKNOWN)) {
            answer(status);
            int before = server.asked().size();
            String token = TOKEN + before;

            for (int i = 0; i < 10; i++) {
                assertThat(reviews.user(token).isPresent()).isEqualTo(status.equals(ANNA));
            }
            clock.advance(Duration.ofMillis(9_999));
            reviews.user(token);
            assertThat(server.asked()).hasSize(before + 1);
            clock.advance(Duration.ofMillis(1));
            reviews.user(token);

            assertThat(server.asked()).hasSize(before + 2);
        }
    }

    @Test
    void keepsRightsApartByUserVerbAndPath() throws Exception {
        answer("{\"allowed\":true}");
        KubernetesUser other = new KubernetesUser("anna", "7", List.of(), Map.of());

        for (int i = 0; i < 3; i++) {
            reviews.allows(USER, "get", "/lb");
            reviews.allows(other, "get", "/lb");
            reviews.allows(USER, "put", "/lb");
            reviews.allows(USER, "get", "/lb/servers");
        }

        assertThat(server.asked()).hasSize(4);
    }

    @Test
    void keepsNoFailure() throws Exception {
        server.answer(question -> Answer.refusal(403));
        assertThat(failure()).startsWith("HTTP 403");
        answer(ANNA);

        assertThat(reviews.user(TOKEN)).contains(USER);
    }

    @Test
    void asksEqualQuestionsOnceHoweverManyWait() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        server.answer(question -> {
            awaitQuietly(all);
            return Answer.of(question, ANNA);
        });

        List<Future<Optional<KubernetesUser>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(callers.submit(() -> reviews.user(TOKEN)));
        }
        await().atMost(PATIENCE).until(() -> !server.asked().isEmpty());
        all.countDown();

        for (Future<Optional<KubernetesUser>> answer : answers) {
            assertThat(answer.get()).contains(USER);
        }
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void asksFourQuestionsAtATime() throws Exception {
        AtomicInteger present = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        server.answer(question -> {
            most.accumulateAndGet(present.incrementAndGet(), Math::max);
            awaitQuietly(end);
            present.decrementAndGet();
            return Answer.of(question, ANNA);
        });

        List<Future<Optional<KubernetesUser>>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String token = "token-" + i;
            answers.add(callers.submit(() -> reviews.user(token)));
        }
        await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> present.get() == 4);
        end.countDown();

        for (Future<Optional<KubernetesUser>> answer : answers) {
            assertThat(answer.get()).contains(USER);
        }
        assertThat(most).hasValue(4);
    }

    @Test
    void leavesNobodyWaitingAndNoThreadWhenItIsClosed() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        server.answer(question -> {
            awaitQuietly(end);
            return Answer.of(question, ANNA);
        });
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String token = "token-" + i;
            answers.add(callers.submit(() -> failureOf(() -> reviews.user(token))));
        }
        await().atMost(PATIENCE).until(() -> server.asked().size() == 4);

        reviews.close();

        for (Future<String> answer : answers) {
            assertThat(answer.get()).isEqualTo("the balancer is stopping");
        }
        end.countDown();
        assertThat(failure()).isEqualTo("the balancer is stopping");
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lb-review")));
    }

    @Test
    void showsNoSecretOfAQuestion() {
        assertThat(Review.of(TOKEN)).hasToString("TokenReview");
    }
}
