import type { ErrorCode } from "axio";
import { type CallbackOutcome, startCallbackServer } from "axio-auth";
import type { Page } from "playwright-core";
import { FULL_RUN } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";
import { describeInChromium, type Tab } from "./support/chromium.ts";
import { horizontalOverflow, lowestContrast, PHONE, shownText } from "./support/page-checks.ts";

const MARKUP = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
const LONG = `${"w".repeat(300)} https://auth.openai.com/${"path/".repeat(40)}`;

const failure = (
  code: ErrorCode,
  message = "What happened. What to do.",
): CallbackOutcome & { kind: "failed" } => ({
  kind: "failed",
  code,
  message,
});

const HEADLINES: readonly (readonly [CallbackOutcome, string])[] = [
  [{ kind: "signed-in" }, "You are signed in"],
  [failure("login-denied"), "Sign-in was not approved"],
  [failure("login-timeout"), "Sign-in took too long"],
  [failure("login-failed"), "Sign-in failed"],
  [
    { ...failure("not-entitled"), headline: "This plan does not include Codex" },
    "This plan does not include Codex",
  ],
  [failure("store-unavailable"), "The sign-in could not be saved"],
  [failure("network"), "The server could not be reached"],
  [failure("aborted"), "Sign-in was canceled"],
  [failure("unexpected"), "Sign-in failed"],
  [{ kind: "not-recognized" }, "This link is not valid here"],
  [{ kind: "already-used" }, "This link was already used"],
  [{ kind: "ended" }, "The sign-in has ended"],
];

/** Opens the callback of a sign-in with this outcome. */
async function comeBack(page: Page, outcome: CallbackOutcome): Promise<void> {
  const server = await startCallbackServer({ state: "right", ports: [0] });
  onTestFinished(() => server.close());
  const loaded = page.goto(`${server.redirectUri}?code=secret-code&state=right`);
  const callback = await server.waitForCallback();
  await callback.respond(outcome);
  await loaded;
}

async function expectSoundPage({ page, complaints }: Tab): Promise<void> {
  // The browser's own message about a page with an error status.
  expect(complaints.filter((text) => !text.includes("responded with a status of 400"))).toEqual([]);
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
  expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
  expect(page.url()).not.toContain("secret-code");
}

describeInChromium("the page that the browser comes back to", [FULL_RUN], (tabs) => {
  for (const [outcome, headline] of HEADLINES) {
    const name = outcome.kind === "failed" ? outcome.code : outcome.kind;
    test(`${name}: ${headline}`, async () => {
      const tab = await tabs.open({ ...PHONE, colorScheme: "light" });
      await comeBack(tab.page, outcome);
      expect(await shownText(tab.page, "h1")).toBe(headline);
      expect(await tab.page.title()).toBe(headline);
      const text = await shownText(tab.page, "main");
      if (outcome.kind === "failed") {
        expect(text).toContain(outcome.message);
        expect(text).toContain(outcome.code);
      }
      await expectSoundPage(tab);
      await tab.page.emulateMedia({ colorScheme: "dark" });
      await expectSoundPage(tab);
    });
  }

  test("shows the server's message as plain text", async () => {
    const tab = await tabs.open(PHONE);
    await comeBack(tab.page, failure("login-failed", `${MARKUP} ${LONG}`));
    expect(await shownText(tab.page, "main")).toContain(MARKUP);
    expect(await tab.page.title()).toBe("Sign-in failed");
    await expectSoundPage(tab);
  });

  test("is readable without scripts and on a wide screen", async () => {
    const tab = await tabs.open({ javaScriptEnabled: false, viewport: { width: 1920, height: 1080 } });
    await comeBack(tab.page, { kind: "signed-in", account: "robin@example.test" });
    expect(await shownText(tab.page, "main")).toContain("robin@example.test");
  });
});
