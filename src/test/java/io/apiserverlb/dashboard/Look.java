package io.apiserverlb.dashboard;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;

/** The page as different people see it. */
enum Look {
    LIGHT(1360, 1040, ColorScheme.LIGHT),
    DARK(1360, 1040, ColorScheme.DARK),
    PHONE(390, 1500, ColorScheme.LIGHT);

    private final int width;
    private final int height;
    private final ColorScheme colours;

    Look(int width, int height, ColorScheme colours) {
        this.width = width;
        this.height = height;
        this.colours = colours;
    }

    int width() {
        return width;
    }

    void on(Page page) {
        page.setViewportSize(width, height);
        page.emulateMedia(
                new Page.EmulateMediaOptions().setColorScheme(colours).setReducedMotion(ReducedMotion.REDUCE));
    }
}
