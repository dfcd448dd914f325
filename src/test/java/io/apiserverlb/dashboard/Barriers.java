package io.apiserverlb.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import java.util.List;

/** What keeps people from using a page, as far as axe can tell. */
final class Barriers {
    private final Page page;

    Barriers(Page page) {
        this.page = page;
    }

    void assertNoneOnThePage() {
        assertNone("the page", new AxeBuilder(page));
    }

    void assertNoneIn(String part) {
        assertThat(page.locator(part)).isVisible();
        assertNone(part, new AxeBuilder(page).include(part));
    }

    private static void assertNone(String what, AxeBuilder axe) {
        // Legacy: without a second page, as there are no frames.
        List<Rule> violations = axe.setLegacyMode(true).analyze().getViolations();
        assertThat(violations)
                .as("barriers of %s", what)
                .extracting(rule -> rule.getId() + ": "
                        + rule.getNodes().stream()
                                .map(node -> node.getHtml() + " " + node.getFailureSummary())
                                .toList())
                .isEmpty();
    }
}
