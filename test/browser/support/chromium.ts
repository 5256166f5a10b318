import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { CHROMIUM, launchChromium } from "test-support/chromium";
import { needs, type Requirement } from "test-support/requirements";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";

/** The browser of a test. */
export interface Tabs {
  /** Opens a tab in a new profile, which is deleted after the test. */
  open(options?: BrowserContextOptions): Promise<Tab>;
}

/** A tab, and its console errors and warnings, blocked content and exceptions. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/**
 * A suite that needs a real browser. A start of the browser costs seconds of processor time, so most suites need `FULL_RUN`,
 * too.
 */
export function describeInChromium(
  name: string,
  requirements: readonly Requirement[],
  tests: (tabs: Tabs) => void,
): void {
  describe(name, needs(CHROMIUM, ...requirements), () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    tests({
      open: async (options) => {
        if (browser === undefined) throw new Error("The browser has not started.");
        const context = await browser.newContext(options);
        onTestFinished(() => context.close());
        return watch(await context.newPage());
      },
    });
  });
}

function watch(page: Page): Tab {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints };
}
