import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

// Quiet towards the network: a browser under test calls nobody but the test.
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

/** What a test gets of the browser. */
export interface Tabs {
  /** Opens a tab in a profile of its own, which goes with the test. */
  open(options?: BrowserContextOptions): Promise<Tab>;
}

/** A tab, and everything it complained about: errors and warnings of the console, blocked content, exceptions. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/**
 * Tests that need a real browser. Where there is none they are skipped and say so, or fail if `AXIO_REQUIRE_ALL` is
 * set; `AXIO_CHROMIUM` names a Chromium that is in no usual place.
 */
export function describeInChromium(name: string, tests: (tabs: Tabs) => void): void {
  const missing = executablePath === undefined;
  const skipped = missing && !process.env["AXIO_REQUIRE_ALL"];
  describe.skipIf(skipped)(skipped ? `${name} (skipped: no Chromium; set AXIO_CHROMIUM)` : name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      if (executablePath === undefined) {
        throw new Error(`There is no Chromium at ${PLACES.join(", ")}, and AXIO_CHROMIUM names none.`);
      }
      // The profile is a new folder, which goes with the browser.
      browser = await chromium.launch({ executablePath, args: ARGUMENTS });
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
