package io.apiserverlb.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Somebody looks at the dashboard. */
final class Visit implements AutoCloseable {
    /** Bounds waiting for what takes a moment; long, for busy machines. */
    static final double PATIENCE_MILLIS = 20_000;

    private static final int MOST_TABS = 60;

    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();

    Visit(BrowserContext context) {
        this.context = context;
        this.page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        // What the policy forbids, a browser tells on the console as well, as an error.
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    /** Opens the dashboard, and waits until it lives. */
    void open(int port) {
        page.navigate("http://127.0.0.1:" + port + "/");
        assertThat(page.locator("#live")).hasAttribute("data-live", "live");
    }

    Page page() {
        return page;
    }

    /** What the browser complained of, but for what a test provokes. */
    List<String> complaints(String... provoked) {
        return complaints.stream()
                .filter(complaint -> List.of(provoked).stream()
                        .noneMatch(pattern ->
                                Pattern.compile(pattern).matcher(complaint).find()))
                .toList();
    }

    /** Has a stand-in of the server want the token {@code right} for previews. */
    void demandToken() {
        page.route(Pattern.compile("dryRun"), route -> {
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

    Locator tile(String address) {
        return page.locator(".tile[data-address='" + address + "']");
    }

    Locator state(String address) {
        return tile(address).locator("[data-f=state]");
    }

    /** Has the page itself take the time when a server's state first is this word: asking for it would come later. */
    void noteWhenStateShows(String address, String word) {
        state(address).evaluate("""
                (node, word) => {
                  window.noted = 0;
                  new MutationObserver((changes, observer) => {
                    if (node.textContent.trim() !== word) return;
                    window.noted = Date.now();
                    observer.disconnect();
                  }).observe(node, {childList: true, characterData: true, subtree: true});
                }
                """, word);
    }

    /** That time, in epoch milliseconds. */
    long noted() {
        return ((Number) page.evaluate("window.noted")).longValue();
    }

    Locator sessions(String address) {
        return tile(address).locator("[data-f=sessions]");
    }

    Locator button(String address, String name) {
        return button(tile(address), name);
    }

    static Locator button(Locator where, String name) {
        return where.getByRole(
                AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator proposal() {
        return page.locator("#action");
    }

    /** Waits for the preview, and has the change made. */
    void confirm(String name, String change) {
        assertThat(proposal().locator(".changes")).containsText(change);
        button(proposal(), name).click();
        assertThat(proposal()).isHidden();
    }

    /** Goes on from control to control until it is there. */
    void tabTo(Locator wanted) {
        for (int i = 0; i < MOST_TABS; i++) {
            page.keyboard().press("Tab");
            if ((Boolean) wanted.evaluate("node => node === document.activeElement")) {
                return;
            }
        }
        throw new AssertionError("not reached by the key Tab: " + wanted);
    }

    @Override
    public void close() {
        context.close();
    }
}
