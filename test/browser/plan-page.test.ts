import { ALL_SCOPES, DYNAMIC_CLIENT_ID, PLAN_SCOPE, startChatGPTSimulator } from "axio-simulator";
import type { Page } from "playwright-core";
import { FULL_RUN } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";
import { describeInChromium } from "./support/chromium.ts";
import { horizontalOverflow, lowestContrast, PHONE, shownText } from "./support/page-checks.ts";

const CALLBACK = "http://127.0.0.1:51789/auth/callback";

/** Opens the page of a first sign-in. The tab itself handles the callback. */
async function openPage(page: Page): Promise<void> {
  const simulator = await startChatGPTSimulator();
  onTestFinished(() => simulator.close());
  await page.route(`${CALLBACK}**`, (route) => route.fulfill({ body: "Back in the app" }));
  const parameters = new URLSearchParams({
    client_id: DYNAMIC_CLIENT_ID,
    agent_name_hint: "Sample <Tool>",
    ext_agent_host_id: "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1",
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: ALL_SCOPES.join(" "),
    resource: simulator.apiBaseUrl,
    state: "state-1",
    nonce: "nonce-1",
    code_challenge_method: "S256",
    code_challenge: "x".repeat(43),
  });
  await page.goto(`${simulator.issuer}/api/accounts/authorize?${parameters}`);
}

describeInChromium("the simulator's page for a ChatGPT plan", [FULL_RUN], (tabs) => {
  test.each([
    ["Allow, and let it use the plan", { scope: [...ALL_SCOPES].sort().join(" ") }],
    ["Allow, without the plan", { scope: expect.not.stringContaining(PLAN_SCOPE) }],
    ["Cancel", { error: "access_denied" }],
  ])("goes back to the app by `%s`", async (name, members) => {
    const { page, complaints } = await tabs.open();
    await openPage(page);
    expect(await shownText(page, "main")).toContain("Sample <Tool>");
    await page.getByText("Example Team").click();
    await page.getByRole("button", { name }).click();
    await page.getByText("Back in the app").waitFor();
    const callback = Object.fromEntries(new URL(page.url()).searchParams);
    expect(callback).toMatchObject({ state: "state-1", ...members });
    expect(complaints).toEqual([]);
  });

  test.each(["light", "dark"] as const)("is readable on a phone, in %s mode", async (colorScheme) => {
    const { page } = await tabs.open({ ...PHONE, colorScheme });
    await openPage(page);
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
    expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
  });
});
