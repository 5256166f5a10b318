import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { ChatServer } from "test-support/chat-server";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { describeInChromium } from "./support/chromium.ts";
import { horizontalOverflow, lowestContrast, PHONE } from "./support/page-checks.ts";

const WORDS = Array.from({ length: 60 }, (_unused, number) => `word${number}`).join(" ");
/** Takes long enough to kill a process in the middle. */
const LONG = Array.from({ length: 150 }, (_unused, number) => `word${number}`).join(" ");
const SLOW = { timeout: 120_000 };

describeInChromium("the chat server of the examples", [FULL_RUN], (tabs) => {
  const directory = mkdtempSync(join(tmpdir(), "axio-chat-"));
  let server: ChatServer;
  beforeAll(async () => {
    server = await ChatServer.start(join(directory, "chat.db"));
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(options: Parameters<typeof tabs.open>[0] = {}): Promise<{
    readonly page: Page;
    readonly complaints: readonly string[];
  }> {
    const tab = await tabs.open(options);
    await tab.page.goto(server.url);
    return tab;
  }

  test("shows reasoning, tools as cards, and the text", SLOW, async () => {
    const { page, complaints } = await open();
    await page.getByRole("button", { name: "Compare the weather" }).click();
    await ended(page);
    expect(await texts(page)).toEqual([
      "Here is what I found:\n\n• Lisbon: 18 °C, light wind, no rain\n• Oslo: 16 °C, light wind, no rain\n\nA light jacket is enough in both cities.",
    ]);
    expect(await cards(page).locator(".state").allTextContents()).toEqual(["Done", "Done"]);
    await page.getByText("Reasoning").click();
    expect(await page.locator("details p").textContent()).toContain("Two cities");
    expect(complaints).toEqual([]);
  });

  test("continues after a reload in the middle of a stream, without loss or duplicates", SLOW, async () => {
    const { page } = await open();
    await send(page, `say First answer.`);
    await ended(page);
    await send(page, `say ${WORDS}`);
    await shows(page, "word5");
    await page.reload();
    expect(await page.locator(".answer").last().textContent()).not.toContain("word59");
    await ended(page);
    expect(await texts(page)).toEqual(["First answer.", WORDS]);
    await page.reload();
    await shows(page, "word59");
    expect(await texts(page)).toEqual(["First answer.", WORDS]);
  });

  test("reconnects by itself to a server that was replaced in the middle of a stream", SLOW, async () => {
    const path = join(directory, "replaced.db");
    const first = await ChatServer.start(path);
    onTestFinished(() => first[Symbol.asyncDispose]());
    const { page } = await tabs.open();
    await page.goto(first.url);
    await send(page, `call get_weather {"city":"Oslo"}\nthen\nsay ${LONG}`);
    await shows(page, "word5");
    await first[Symbol.asyncDispose]();
    await page.getByText("Reconnecting").waitFor();
    const second = await ChatServer.start(path, first.port);
    onTestFinished(() => second[Symbol.asyncDispose]());
    await shows(page, "word149");
    await ended(page);
    expect(await texts(page)).toEqual([LONG]);
    expect(await cards(page).count()).toBe(1);
  });

  test("goes on in another worker when the one that calls a tool is killed", SLOW, async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Write a report" }).click();
    const output = cards(page).locator(".output");
    await output.getByText(/\d of 12 pages/).waitFor({ timeout: 60_000 });
    const killed = await workerOf(output);
    process.kill(killed, "SIGKILL");
    await ended(page);
    expect(await output.textContent()).toMatch(/^12 pages, written by worker \d+$/);
    expect(await workerOf(output)).not.toBe(killed);
    expect(await cards(page).count()).toBe(1);
    expect(await texts(page)).toEqual([
      expect.stringMatching(/^The report is done: 12 pages.*next year\.$/s),
    ]);
  });

  test("goes on in another worker when the one that streams is killed", SLOW, async () => {
    const { page } = await open();
    await send(page, `call write_report {"pages":1}\nthen\nsay ${LONG}`);
    await shows(page, "word5");
    const output = cards(page).locator(".output");
    process.kill(await workerOf(output), "SIGKILL");
    await page.getByText("Another attempt continues it.").waitFor();
    await ended(page);
    expect(await texts(page)).toEqual([LONG]);
    expect(await cards(page).locator(".state").allTextContents()).toEqual(["Done"]);
  });

  test.each([
    ["Approve", "Done", "Sent to ada@example.com."],
    ["Deny", "Not done", expect.stringContaining("The user denied it.")],
  ])("%s continues a run that waits, also after a reload", SLOW, async (button, state, text) => {
    const { page } = await open();
    await page.getByRole("button", { name: "Send an email" }).click();
    await page.getByText("Send this email to ada@example.com?").waitFor();
    await page.reload();
    await page.getByRole("button", { name: button }).click();
    await ended(page);
    expect(await cards(page).locator(".state").allTextContents()).toEqual([state]);
    expect(await texts(page)).toEqual([text]);
    expect(await page.getByRole("button", { name: button }).isVisible()).toBe(false);
  });

  test("stops, keeps what was shown, and takes another message", SLOW, async () => {
    const { page } = await open();
    await send(page, `say ${LONG}`);
    await shows(page, "word5");
    await page.getByRole("button", { name: "Stop" }).click();
    await ended(page);
    expect(await page.getByRole("status").textContent()).toBe("Stopped.");
    expect(await page.locator(".answer").textContent()).not.toContain("word149");
    await send(page, "say Here I am.");
    await page.getByText("Here I am.", { exact: true }).waitFor();
  });

  test.each(["light", "dark"] as const)(
    "is readable on a phone with %s colors",
    SLOW,
    async (colorScheme) => {
      const { page } = await open({ ...PHONE, colorScheme });
      await page.getByRole("button", { name: "Send an email" }).click();
      await page.getByRole("button", { name: "Approve" }).waitFor();
      expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
      expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
      await page.getByRole("button", { name: "Deny" }).click();
      await ended(page);
      expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
      expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
    },
  );

  test("works on PostgreSQL, and goes on there when a worker is killed", {
    ...SLOW,
    ...needs(POSTGRES),
  }, async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres[Symbol.asyncDispose]());
    const onPostgres = await ChatServer.start(await postgres.createDatabase());
    onTestFinished(() => onPostgres[Symbol.asyncDispose]());
    const { page } = await tabs.open();
    await page.goto(onPostgres.url);
    await page.getByRole("button", { name: "Write a report" }).click();
    const output = cards(page).locator(".output", { hasText: / of 12 pages/ });
    process.kill(await workerOf(output), "SIGKILL");
    await ended(page);
    expect(await texts(page)).toEqual([
      expect.stringMatching(/^The report is done: 12 pages.*next year\.$/s),
    ]);
    await page.reload();
    await shows(page, "next year.");
  });

  test("shows HTML of a model as text", SLOW, async () => {
    const { page, complaints } = await open();
    await send(page, 'say <img src=x onerror="document.title=1"> <b>bold</b>');
    await ended(page);
    expect(await texts(page)).toEqual(['<img src=x onerror="document.title=1"> <b>bold</b>']);
    expect(complaints).toEqual([]);
  });

  test("refuses pages of other sites, by origin and by name", async () => {
    const headers = { origin: "https://evil.test", "content-type": "text/plain" };
    const body = JSON.stringify({ prompt: "say Hello." });
    const foreign = await fetch(`${server.url}/api/runs`, { method: "POST", headers, body });
    expect(foreign.status).toBe(403);
    // A name of another site that leads to this machine.
    const port = String(server.port);
    const status = await new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", headers: { host: `evil.test:${port}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).once("error", reject);
    });
    expect(status).toBe(403);
  });
});

function cards(page: Page): Locator {
  return page.locator("article");
}

/** The texts of the answers. */
function texts(page: Page): Promise<readonly string[]> {
  return page.locator(".answer .text").allTextContents();
}

async function send(page: Page, script: string): Promise<void> {
  await page.getByLabel("Message").fill(`A prompt.\n${script}`);
  await page.getByLabel("Message").press("Enter");
  await page.getByRole("button", { name: "Stop" }).waitFor();
}

/** Waits until all answers are complete. */
async function ended(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send", exact: true }).waitFor({ timeout: 30_000 });
  const busy = (): Promise<readonly (string | null)[]> =>
    page.locator(".answer").evaluateAll((answers) => answers.map((answer) => answer.ariaBusy));
  const complete = expect.poll(async () => new Set(await busy()), { timeout: 30_000 });
  await complete.toEqual(new Set(["false"]));
}

async function workerOf(output: Locator): Promise<number> {
  const [, pid] = /worker (\d+)/.exec((await output.textContent()) ?? "") ?? [];
  if (pid === undefined) throw new Error("The card names no worker.");
  return Number(pid);
}

/** Waits until the answers have a text. */
async function shows(page: Page, text: string): Promise<void> {
  await page.locator(".answer", { hasText: text }).first().waitFor();
}
