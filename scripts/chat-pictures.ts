// Draws the pictures of the chat server in docs/pictures with the simulator. Needs Chromium.
// Run: npm run pictures:chat

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatServer } from "test-support/chat-server";
import { launchChromium } from "test-support/chromium";

const PICTURES = join(import.meta.dirname, "..", "docs", "pictures");
const SIZE = { viewport: { width: 760, height: 900 } };

const folder = await mkdtemp(join(tmpdir(), "axio-pictures-"));
const browser = await launchChromium();
try {
  await using server = await ChatServer.start(join(folder, "chat.db"));
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ ...SIZE, colorScheme });
    await page.goto(server.url);
    await page.getByRole("button", { name: "Send an email" }).click();
    await page.getByRole("button", { name: "Approve" }).waitFor();
    const waiting = page.url();
    // Another conversation, in the middle of a tool.
    await page.goto("about:blank");
    await page.goto(server.url);
    await page.getByRole("button", { name: "Write a report" }).click();
    await page.locator(".output", { hasText: /[4-9] of 12/ }).waitFor();
    await page.screenshot({ path: join(PICTURES, `chat-server-progress-${colorScheme}.png`) });
    await page.goto(waiting);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await page.screenshot({ path: join(PICTURES, `chat-server-${colorScheme}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
