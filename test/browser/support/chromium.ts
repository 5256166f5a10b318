import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { needs, type Requirement } from "test-support/requirements";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

// Disables the browser's own network requests.
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const executablePath = [process.env["AXIO_CHROMIUM"], ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

const CHROMIUM: Requirement = {
  isMet: executablePath !== undefined,
  missing: `no Chromium at ${PLACES.join(", ")}; set AXIO_CHROMIUM to its path`,
};

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

/** A suite that needs a real browser. */
export function describeInChromium(name: string, tests: (tabs: Tabs) => void): void {
  describe(name, needs(CHROMIUM), () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      // The profile is a new directory, deleted with the browser.
      browser = await chromium.launch({ executablePath: executablePath ?? "", args: ARGUMENTS });
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
