import { MemoryCredentialStore } from "axio-auth";
import { type ChatGPTSimulator, startChatGPTSimulator } from "axio-simulator";
import {
  type ChatGPTCredentials,
  ChatGPTTransport,
  type LoginOptions,
  login,
  registrationState,
  usesPlan,
} from "axio-transport-chatgpt";
import type { Page } from "playwright-core";
import { FULL_RUN } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";
import { describeInChromium, type Tabs } from "./support/chromium.ts";
import { lowestContrast, shownText } from "./support/page-checks.ts";

type Store = MemoryCredentialStore<ChatGPTCredentials>;

const ALLOW = "Allow, and let it use the plan";
const WITHOUT_PLAN = "Allow, without the plan";

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name }).click();
const headline = (page: Page): Promise<string> => shownText(page, "h1");
const emptyStore = (): Store => new MemoryCredentialStore<ChatGPTCredentials>();

async function simulate(): Promise<ChatGPTSimulator> {
  const simulator = await startChatGPTSimulator();
  onTestFinished(async () => {
    await simulator.close();
    expect(simulator.violations).toEqual([]);
  });
  return simulator;
}

/** Signs in. The test acts as the user in the tab. */
async function signIn(
  simulator: ChatGPTSimulator,
  page: Page,
  act: () => Promise<void>,
  options: Partial<LoginOptions>,
): Promise<ChatGPTCredentials> {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  let acted: Promise<void> = Promise.resolve();
  const credentials = await login({
    appName: "Sample <Tool>",
    hostId: "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1",
    issuer: simulator.issuer,
    signal: ended.signal,
    openBrowser: async (url) => {
      await page.goto(url);
      // A click resolves with the next page, which is shown when the sign-in has ended.
      acted = act();
      return true;
    },
    ...options,
  });
  await acted;
  return credentials;
}

describeInChromium("signing in with ChatGPT, the documented way", [FULL_RUN], (tabs: Tabs) => {
  test("the first sign-in shows the app's name and then the account", async () => {
    const simulator = await simulate();
    const { page, complaints } = await tabs.open();
    const store = emptyStore();
    let asked = "";
    const act = async (): Promise<void> => {
      asked = await shownText(page, "main");
      await press(page, ALLOW);
    };
    const account = await signIn(simulator, page, act, { store });
    expect(asked).toContain("Sample <Tool>");
    expect(registrationState(account)).toBe("connected");
    expect(await headline(page)).toBe("You are signed in");
    expect(await shownText(page, "main")).toContain("robin@example.test");
    expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
    expect(page.url()).not.toContain("code=");
    expect(complaints).toEqual([]);
    const transport = new ChatGPTTransport({
      credentials: store,
      baseUrl: simulator.apiBaseUrl,
      issuer: simulator.issuer,
    });
    expect((await transport.fetchModels()).size).toBeGreaterThan(0);
  });

  test("declining and enabling later use one registration", async () => {
    const simulator = await simulate();
    const { page } = await tabs.open();
    const store = emptyStore();
    const declined = await signIn(simulator, page, () => press(page, WITHOUT_PLAN), { store });
    expect(usesPlan(declined)).toBe(false);
    expect(await headline(page)).toBe("You are signed in");
    const enabled = await signIn(simulator, page, () => press(page, ALLOW), { store, enablePlan: true });
    expect(usesPlan(enabled)).toBe(true);
    expect(enabled.clientId).toBe(declined.clientId);
    expect(simulator.registrations).toHaveLength(1);
  });

  test("a later sign-in returns at once without a question", async () => {
    const simulator = await simulate();
    const { page } = await tabs.open();
    const store = emptyStore();
    await signIn(simulator, page, () => press(page, ALLOW), { store });
    await signIn(simulator, page, async () => {}, { store });
    expect(await headline(page)).toBe("You are signed in");
    expect(simulator.stats.choosersSkipped).toBe(1);
  });

  test("a second account is stored next to the first", async () => {
    const simulator = await simulate();
    const { page } = await tabs.open();
    const [personal, team] = [emptyStore(), emptyStore()];
    const first = await signIn(simulator, page, () => press(page, ALLOW), { store: personal });
    const chooseTeam = async (): Promise<void> => {
      await page.getByText("Example Team").click();
      await press(page, ALLOW);
    };
    const second = await signIn(simulator, page, chooseTeam, { store: team });
    // The same user in another workspace has another client id.
    expect(second.email).toBe(first.email);
    expect(second.clientId).not.toBe(first.clientId);
    expect(await personal.load()).toEqual(first);
    expect(simulator.registrations.map(({ account }) => account.name)).toEqual([
      "Personal account",
      "Example Team",
    ]);
  });

  test("a user who declines sees a message and registers nothing", async () => {
    const simulator = await simulate();
    const { page } = await tabs.open();
    const store = emptyStore();
    await expect(signIn(simulator, page, () => press(page, "Cancel"), { store })).rejects.toMatchObject({
      code: "login-denied",
    });
    await page.getByRole("heading", { name: "Sign-in was not approved" }).waitFor();
    expect(await store.load()).toBeUndefined();
    expect(simulator.registrations).toEqual([]);
  });
});
