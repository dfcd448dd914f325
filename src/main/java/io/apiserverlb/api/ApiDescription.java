package io.apiserverlb.api;

import io.apiserverlb.pool.ServerAddress;
import io.apiserverlb.pool.ServerPool;
import io.apiserverlb.pool.SessionControl;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.stereotype.Component;

/** Describes in the OpenAPI document what holds for every call: access, dry runs, versions and problems. */
@Component
final class ApiDescription implements GlobalOpenApiCustomizer {
    private static final String TOKEN = "token";
    private static final String PROBLEM_JSON = "application/problem+json";

    private static final List<Class<?>> ANSWERS = List.of(
            SummaryView.class,
            ListView.class,
            DryRunView.class,
            ConnectionView.class,
            RebalanceView.class,
            EventView.class,
            WhyView.class);
    private static final List<Class<?>> REQUESTS =
            List.of(ReplaceRequest.class, AddRequest.class, PatchRequest.class, RebalanceRequest.class);

    private static final Map<String, String> PROBLEMS =
            Map.of("403", "Made by another site's page, or under a name that is not this host's");
    private static final Map<String, String> PROBLEMS_OF_GUARDED_READS = Map.of(
            "401", "A token is configured and this is not it, where this is not a loopback address",
            "403", "Made by another site's page; or no token is configured and this is not a loopback address");
    private static final Map<String, String> PROBLEMS_OF_CHANGES = Map.of(
            "400", "The request cannot be read",
            "401", "A token is configured and this is not it",
            "403", "Made by another site's page; or no token is configured and this is not a loopback address");
    private static final Map<String, String> PROBLEMS_OF_BODIES = Map.of(
            "413", "The body is too long",
            "415", "The body is not JSON",
            "422", "A value is invalid: errors names each");

    private final ProductVersion version;
    private final ServerPool pool;
    private final SessionControl sessions;

    ApiDescription(ProductVersion version, ServerPool pool, SessionControl sessions) {
        this.version = version;
        this.pool = pool;
        this.sessions = sessions;
    }

    @Override
    public void customise(OpenAPI api) {
        api.info(new Info()
                .title("apiserver-lb")
                .description("A load balancer for Kubernetes API servers that runs next to its clients.")
                .version(version.toString())
                .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0.txt")));
        // Relative: right behind a proxy, too, whatever name and scheme it goes by.
        api.servers(List.of(new Server().url("/")));
        api.getComponents()
                .addSecuritySchemes(
                        TOKEN,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("The content of lb.admin.token-file, if that is set"));
        ModelConverters.getInstance(true)
                .resolveAsResolvedSchema(new AnnotatedType(Problem.class).resolveAsRef(true))
                .referencedSchemas
                .forEach(api.getComponents()::addSchemas);
        RecordSchemas schemas = new RecordSchemas(api.getComponents().getSchemas());
        ANSWERS.forEach(schemas::completeAnswer);
        REQUESTS.forEach(schemas::completeRequest);
        api.getPaths()
                .forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                    boolean change = !method.name().equals("GET");
                    if (change) {
                        describeChange(path, operation);
                    } else if (Rights.isGuarded(path)) {
                        allowToken(operation);
                        addProblems(operation, PROBLEMS_OF_GUARDED_READS);
                    }
                    addProblems(operation, PROBLEMS);
                    exemplify(operation);
                    boolean tagged = change ? path.startsWith("/lb/") : path.startsWith(ServersController.PATH);
                    complete(tagged, path, operation);
                    operation.responses(sorted(operation.getResponses()));
                }));
    }

    /** Examples of servers and sessions that there are can be tried as they stand; with those of servers the list stays as it is. */
    private void exemplify(Operation operation) {
        sessions.newest(1, null).forEach(newest -> setExample(operation, "id", newest.id()));
        List<ServerAddress> addresses = pool.list().membership().effective();
        if (addresses.isEmpty()) {
            return;
        }
        setExample(operation, "address", addresses.get(0).toString());
        if ("replaceServers".equals(operation.getOperationId())) {
            List<String> all = addresses.stream().map(ServerAddress::toString).toList();
            Example list = new Example().value(Map.of("serverAddresses", all));
            operation
                    .getRequestBody()
                    .getContent()
                    .values()
                    .forEach(content -> content.getExamples().replace(ServersController.WHOLE_LIST, list));
        }
    }

    private static void setExample(Operation operation, String name, String example) {
        if (operation.getParameters() != null) {
            operation.getParameters().stream()
                    .filter(parameter -> parameter.getName().equals(name))
                    .forEach(parameter -> parameter.setExample(example));
        }
    }

    private static void describeChange(String path, Operation operation) {
        allowToken(operation);
        addProblems(operation, PROBLEMS_OF_CHANGES);
        if (operation.getRequestBody() != null) {
            addProblems(operation, PROBLEMS_OF_BODIES);
        }
        if (path.startsWith("/lb/")) {
            operation.addParametersItem(new QueryParameter()
                    .name("dryRun")
                    .description("true: only tell what the change would do")
                    .schema(new BooleanSchema()._default(false)));
            addProblems(operation, Map.of("412", "If-Match does not name the list's version"));
            operation.addParametersItem(new HeaderParameter()
                    .name("If-Match")
                    .description("the version of the list that the change is made to, in quotes; * for any")
                    .schema(new StringSchema()));
        }
    }

    private static void allowToken(Operation operation) {
        operation.addSecurityItem(new SecurityRequirement().addList(TOKEN)).addSecurityItem(new SecurityRequirement());
    }

    private static void addProblems(Operation operation, Map<String, String> problems) {
        problems.forEach((status, description) ->
                operation.getResponses().putIfAbsent(status, new ApiResponse().description(description)));
    }

    private static void complete(boolean tagged, String path, Operation operation) {
        operation.getResponses().forEach((status, response) -> {
            if (!status.startsWith("2")) {
                describeProblem(response, path, operation, status);
            } else if (tagged) {
                response.addHeaderObject(
                        "ETag",
                        new Header()
                                .description("the list's version, in quotes")
                                .schema(new StringSchema()));
            }
        });
    }

    /** Where nothing is said of a problem's content, springdoc takes it for that of the call's result. */
    private static void describeProblem(ApiResponse response, String path, Operation operation, String status) {
        if (response.getContent() == null || !response.getContent().containsKey(PROBLEM_JSON)) {
            MediaType problem = new MediaType()
                    .schema(new Schema<Problem>().$ref("ProblemDetail"))
                    .example(ProblemExamples.of(path, operation, status));
            response.content(new Content().addMediaType(PROBLEM_JSON, problem));
        }
    }

    private static ApiResponses sorted(ApiResponses responses) {
        ApiResponses sorted = new ApiResponses();
        sorted.putAll(new TreeMap<>(responses));
        return sorted;
    }
}
