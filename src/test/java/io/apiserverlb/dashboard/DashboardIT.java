package io.apiserverlb.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.apiserverlb.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator does with the dashboard, in a real browser, with the demo behind it. */
class DashboardIT {
    private static final String SCREENSHOTS = "dashboard.screenshots";
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(2);
    private static final int ATTEMPTS = 3;
    private static final int SERVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern ADDRESS = Pattern.compile("\"address\":\"([^\"]+)\"");
    /** What a browser says of every answer that is no success; the page tells the operator. */
    private static final String REFUSED = "the server responded with a status of 4\\d\\d";

    @TempDir
    static Path folder;

    private static Chromium chromium;
    private static Service service;
    private static Callers callers;

    private Visit visit;
    private String[] provoked = {};

    @BeforeAll
    static void start() throws Exception {
        chromium = new Chromium();
        service = start(0, 0);
        callers = new Callers(service.port(), 9);
    }

    private static Service start(int port, int webPort) throws Exception {
        return Service.startWithGiven(
                folder,
                "--spring.profiles.active=demo",
                "--lb.listen=127.0.0.1:" + port,
                "--server.port=" + webPort,
                "--lb.check.interval=1s",
                "--lb.check.fast-interval=200ms",
                "--lb.slow-start=0",
                "--lb.drain-timeout=1s");
    }

    @AfterAll
    static void stop() {
        if (callers != null) {
            callers.close();
        }
        if (service != null) {
            service.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void visit() {
        visit = chromium.visit(
                new Browser.NewContextOptions().setLocale("en-US").setViewportSize(1440, 1200));
        visit.open(service.webPort());
    }

    @AfterEach
    void nothingToComplainOf() {
        List<String> complaints = visit.complaints(provoked);
        visit.close();
        assertThat(complaints).isEmpty();
    }

    @Test
    void showsWithinTwoSecondsThatAServerWasKilled() throws Exception {
        Duration took = PATIENCE;
        for (int attempt = 0; attempt < ATTEMPTS && took.compareTo(SHOWN_WITHIN) > 0; attempt++) {
            String address = servers().get(attempt);
            assertThat(visit.state(address)).hasText("up");

            long killed = System.nanoTime();
            demo(attempt + 1, "stop");
            assertThat(visit.state(address)).hasText(Pattern.compile("down"));
            took = Duration.ofNanos(System.nanoTime() - killed); // a busy machine may be late once

            assertThat(visit.state(address)).hasText("down");
            assertThat(visit.tile(address)).hasAttribute("data-tone", "bad");
            assertThat(visit.page().locator("#events-list")).containsText(address + " is down");
            demo(attempt + 1, "start");
            assertThat(visit.state(address)).hasText("up");
        }

        assertThat(took).isLessThanOrEqualTo(SHOWN_WITHIN);
    }

    @Test
    void drainsAServerAndBringsItBack() throws Exception {
        String address = servers().get(0);
        assertThat(visit.sessions(address)).not().hasText("0");

        visit.button(address, "Drain").click();
        assertThat(visit.proposal()).containsText(Pattern.compile("\\d sessions? will be closed"));
        visit.confirm("Drain it", address);

        assertThat(visit.state(address)).hasText("drain");
        assertThat(visit.sessions(address)).hasText("0");
        assertThat(visit.page().locator("#events-list")).containsText("rest");

        visit.button(address, "Ready").click();
        visit.confirm("Bring it back", address);
        assertThat(visit.state(address)).hasText("up");
        assertThat(visit.sessions(address)).not().hasText("0");
    }

    @Test
    void addsAServerAndRemovesIt() throws Exception {
        String address = "127.0.0.1:9";

        visit.button("Add a server").click();
        visit.proposal().getByLabel("Address").fill("127.0.0.1:999999");
        provoked = new String[] {REFUSED};
        assertThat(visit.proposal().locator(".note[data-tone=bad]")).containsText("999999");
        visit.proposal().getByLabel("Address").fill(address);
        visit.proposal().getByLabel("Weight").fill("0");
        visit.confirm("Add it", address);
        assertThat(visit.tile(address)).containsText("weight 0");

        visit.button(address, "Remove").click();
        visit.confirm("Remove it", address);
        assertThat(visit.tile(address)).hasCount(0);
        assertThat(visit.page().locator("#toast")).containsText(address + " is off the list");
    }

    @Test
    void noticesThatSomebodyElseChangedTheList() throws Exception {
        List<String> servers = servers();
        provoked = new String[] {REFUSED};

        visit.button(servers.get(0), "Weight").click();
        visit.proposal().getByLabel("Weight").fill("90");
        assertThat(visit.proposal().locator(".changes")).containsText("90");
        patch(servers.get(1), "{\"weight\":80}");
        Visit.button(visit.proposal(), "Set the weight").click();

        assertThat(visit.proposal().locator("#action-told")).containsText("Somebody else has changed the list");
        visit.confirm("Set the weight", "90");
        assertThat(visit.tile(servers.get(0))).containsText("weight 90");
        assertThat(visit.tile(servers.get(1))).containsText("weight 80");

        patch(servers.get(0), "{\"weight\":100}");
        patch(servers.get(1), "{\"weight\":100}");
        assertThat(visit.tile(servers.get(0))).containsText("weight 100");
    }

    @Test
    void asksForATokenWhereOneIsNeeded() throws Exception {
        String address = servers().get(2);
        provoked = new String[] {REFUSED};
        demandToken();

        visit.button(address, "Weight").click();
        Locator dialog = visit.page().locator("#token");
        assertThat(dialog).containsText("a token, please");
        dialog.getByLabel("Bearer token").fill("wrong");
        Visit.button(dialog, "Use it").click();
        assertThat(dialog.getByLabel("Bearer token")).hasValue("");
        dialog.getByLabel("Bearer token").fill("right");
        Visit.button(dialog, "Use it").click();

        assertThat(dialog).isHidden();
        assertThat(visit.proposal()).containsText("This would change nothing.");
        assertThat(visit.page().evaluate("JSON.stringify(localStorage)").toString())
                .doesNotContain("right");
    }

    private void demandToken() {
        visit.page().route(Pattern.compile("dryRun"), route -> {
            if ("Bearer right".equals(route.request().headers().get("authorization"))) {
                route.resume();
            } else {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(401)
                        .setHeaders(Map.of("WWW-Authenticate", "Bearer", "Content-Type", "application/problem+json"))
                        .setBody("{\"detail\":\"a token, please\"}"));
            }
        });
    }

    @Test
    void drainsAServerWithoutAMouse() throws Exception {
        String address = servers().get(1);
        Page page = visit.page();

        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the servers")).isFocused();
        page.keyboard().press("Enter");
        tabTo(visit.button(address, "Drain"));
        page.keyboard().press("Enter");
        assertThat(Visit.button(visit.proposal(), "Cancel")).isFocused();
        assertThat(Visit.button(visit.proposal(), "Drain it")).isEnabled();
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        assertThat(visit.state(address)).hasText("drain");
        assertThat(visit.button(address, "Ready")).isFocused();
        page.keyboard().press("Enter");
        assertThat(Visit.button(visit.proposal(), "Bring it back")).isEnabled();
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(visit.state(address)).hasText("up");
        assertThat(visit.button(address, "Drain")).isFocused();

        page.keyboard().press("v");
        assertThat(page.locator("#table")).isVisible();
    }

    private void tabTo(Locator wanted) {
        for (int i = 0; i < 60; i++) {
            visit.page().keyboard().press("Tab");
            if ((Boolean) wanted.evaluate("node => node === document.activeElement")) {
                return;
            }
        }
        throw new AssertionError("not reached with 60 steps: " + wanted);
    }

    @Test
    void sortsAndFiltersTheTable() throws Exception {
        List<String> servers = servers();
        Page page = visit.page();
        visit.button("Table").click();
        Locator rows = page.locator("#table tbody tr");
        assertThat(rows).hasCount(SERVERS);

        Locator head = page.locator("#table")
                .getByRole(AriaRole.COLUMNHEADER, new Locator.GetByRoleOptions().setName("Address"));
        head.getByRole(AriaRole.BUTTON).click();
        assertThat(head).hasAttribute("aria-sort", "ascending");
        assertThat(rows.first())
                .hasAttribute(
                        "data-address", servers.stream().sorted().findFirst().orElseThrow());

        page.getByLabel("Filter servers").fill(servers.get(1));
        assertThat(rows).hasCount(1);
        page.reload();
        assertThat(page.locator("#table tbody tr")).hasCount(SERVERS);
    }

    @Test
    void closesASession() throws Exception {
        Locator rows = visit.page().locator("#sessions tbody tr");
        visit.page().locator("#sessions").scrollIntoViewIfNeeded();
        assertThat(rows.first()).isVisible();
        String id = rows.last().getAttribute("data-id"); // the oldest, which does not end by itself
        Locator row = visit.page().locator("#sessions tr[data-id='" + id + "']");

        row.getByRole(AriaRole.BUTTON).click();
        visit.confirm("Close it", "the session " + id);

        assertThat(row).hasCount(0);
    }

    @Test
    void explainsAChoiceAndTakesNoTextForMarkup() {
        Page page = visit.page();
        page.getByLabel("Client address").fill("192.0.2.7");
        visit.button("Explain").click();
        assertThat(page.locator("#why-answer")).containsText("The next session of 192.0.2.7 goes to");
        assertThat(page.locator("#why-answer ol li")).hasCount(SERVERS);

        provoked = new String[] {REFUSED};
        page.getByLabel("Client address").fill("<img src=x>");
        visit.button("Explain").click();
        assertThat(page.locator("#why-answer")).containsText("<img src=x>");
        assertThat(page.locator("#why-answer img")).hasCount(0);
    }

    @Test
    void speaksChineseToThoseWhoReadIt() {
        try (Visit reader = chromium.visit(new Browser.NewContextOptions().setLocale("zh-CN"))) {
            reader.open(service.webPort());

            assertThat(reader.page().locator("html")).hasAttribute("lang", "zh-CN");
            assertThat(reader.page().locator("#servers-title")).hasText("服务器");
            assertThat(reader.page().locator(".tile").first()).containsText("正常");
            reader.page().getByLabel("语言").selectOption("en");
            assertThat(reader.page().locator("html")).hasAttribute("lang", "en");
            assertThat(reader.page().locator(".tile").first()).containsText("takes new sessions");
            assertThat(reader.complaints()).isEmpty();
        }
    }

    /** The page as different people see it. */
    enum Look {
        LIGHT(1440, 1440, ColorScheme.LIGHT, 1),
        DARK(1440, 1440, ColorScheme.DARK, 1),
        PHONE(390, 1500, ColorScheme.LIGHT, 1);

        private final int width;
        private final int height;
        private final ColorScheme colours;
        private final double scale;

        Look(int width, int height, ColorScheme colours, double scale) {
            this.width = width;
            this.height = height;
            this.colours = colours;
            this.scale = scale;
        }

        private Browser.NewContextOptions visitor() {
            return new Browser.NewContextOptions()
                    .setLocale("en-US")
                    .setViewportSize(width, height)
                    .setDeviceScaleFactor(scale)
                    .setReducedMotion(ReducedMotion.REDUCE)
                    .setColorScheme(colours);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isThereForEverybody(Look look) throws Exception {
        provoked = new String[] {REFUSED};
        visit.close();
        visit = chromium.visit(look.visitor());
        visit.open(service.webPort());
        Page page = visit.page();
        String address = servers().get(0);
        assertThat(visit.tile(address)).containsText("verified");

        assertNoBarriers("the page", new AxeBuilder(page));
        assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(look.width);
        visit.tile(address).locator("[data-act=details]").click();
        assertNoBarriers("details", dialog(page, "#details"));
        Visit.button(page.locator("#details"), "Weight").click();
        visit.proposal().getByLabel("Weight").fill("50");
        assertThat(visit.proposal().locator(".changes")).containsText("50");
        assertNoBarriers("a change", dialog(page, "#action"));
        page.keyboard().press("Escape");
        page.keyboard().press("Escape");
        visit.button("Keyboard shortcuts").click();
        assertNoBarriers("keys", dialog(page, "#keys"));
        page.keyboard().press("Escape");
        demandToken();
        visit.button(address, "Drain").click();
        assertThat(page.locator("#token")).isVisible();
        assertNoBarriers("token", dialog(page, "#token"));
        page.keyboard().press("Escape");
        assertThat(visit.proposal()).containsText("a token, please");
        page.keyboard().press("Escape");
        visit.button("Table").click();
        assertThat(page.locator("#table tbody tr")).hasCount(SERVERS);
        assertNoBarriers("the table", new AxeBuilder(page).include("#servers"));
    }

    private static AxeBuilder dialog(Page page, String dialog) {
        assertThat(page.locator(dialog)).isVisible();
        return new AxeBuilder(page).include(dialog);
    }

    private static void assertNoBarriers(String what, AxeBuilder axe) {
        // Legacy: without a second page, as there are no frames.
        AxeResults results = axe.setLegacyMode(true).analyze();
        assertThat(results.getViolations())
                .as("barriers of %s", what)
                .extracting(rule -> rule.getId() + ": "
                        + rule.getNodes().stream()
                                .map(node -> node.getHtml() + " " + node.getFailureSummary())
                                .toList())
                .isEmpty();
    }

    @Test
    void livesAgainAfterTheServiceWasRestarted() throws Exception {
        provoked = new String[] {"net::ERR_", REFUSED};
        int port = service.port();
        int webPort = service.webPort();
        Locator live = visit.page().locator("#live");
        String former = servers().get(0);

        service.close();
        assertThat(live).containsText("old", within(PATIENCE));
        assertThat(visit.page().locator("#banners")).containsText("No news from the balancer");
        service = start(port, webPort);

        assertThat(live).containsText("Live", within(PATIENCE.multipliedBy(2)));
        assertThat(visit.page().locator("#banners")).containsText("has been started anew");
        assertThat(visit.page().locator("#banners")).not().containsText("No news");
        assertThat(visit.tile(servers().get(0))).hasCount(1);
        assertThat(visit.tile(former)).hasCount(0);
        // Events of both runs, and none twice.
        Locator events = visit.page().locator("#events-list .event time");
        assertThat(visit.page().locator("#events-list")).containsText("listening on");
        List<?> ids = (List<?>) events.evaluateAll("all => all.map(time => time.title.split(' · ').pop())");
        assertThat(ids).hasSizeGreaterThan(3).doesNotHaveDuplicates();
        await().atMost(PATIENCE).until(() -> !service.get("/lb/servers").contains("\"usable\":false"));
    }

    private static LocatorAssertions.ContainsTextOptions within(Duration patience) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout((double) patience.toMillis());
    }

    /** For the documentation: after as much traffic as the property says, such as {@code 15m}. */
    @Test
    @EnabledIfSystemProperty(named = SCREENSHOTS, matches = "\\d+m")
    void posesForTheDocumentation() throws Exception {
        Duration traffic = Duration.parse("PT" + System.getProperty(SCREENSHOTS));
        long start = System.nanoTime();
        try (Callers more = new Callers(service.port(), 24)) {
            assertThat(more).isNotNull();
            await().atMost(traffic.plus(PATIENCE))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> System.nanoTime() - start > traffic.toNanos());
            demo(SERVERS, "red");
            for (Look look : Look.values()) {
                try (Visit model = chromium.visit(look.visitor())) {
                    model.open(service.webPort());
                    assertThat(model.state(servers().get(SERVERS - 1))).hasText("stopping");
                    model.button("Explain").click();
                    assertThat(model.page().locator("#why-answer")).containsText("Left out");
                    // The rates of servers come from the status after the first.
                    assertThat(model.tile(servers().get(0)).locator("[data-f=rate]"))
                            .containsText(Pattern.compile("\\d"));
                    String name = "dashboard-" + look.name().toLowerCase(Locale.ROOT) + ".png";
                    model.page().screenshot(new Page.ScreenshotOptions().setPath(Path.of("docs", "images", name)));
                }
            }
        } finally {
            demo(SERVERS, "green");
        }
    }

    private static List<String> servers() throws Exception {
        return ADDRESS.matcher(service.get("/demo/servers"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static void demo(int server, String action) throws Exception {
        assertThat(service.send("POST", "/demo/servers/" + server + "/" + action, "")
                        .statusCode())
                .isEqualTo(200);
    }

    private static void patch(String address, String body) throws Exception {
        assertThat(service.send("PATCH", "/lb/servers/" + address, body, "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(200);
    }
}
