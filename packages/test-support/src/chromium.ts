import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import type { Requirement } from "./requirements.ts";

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

/** A browser. */
export const CHROMIUM: Requirement = {
  isMet: executablePath !== undefined,
  missing: `no Chromium at ${PLACES.join(", ")}; set AXIO_CHROMIUM to its path`,
};

/** Starts the browser. Its profile is a new directory, which is deleted with it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? "", args: ARGUMENTS });
}
