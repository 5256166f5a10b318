import { AxioError } from "axio";
import { CodexTransport, type CredentialStore, type Credentials } from "axio-transport-codex";
import type { Page } from "playwright-core";
import { FULL_RUN, needs } from "test-support/requirements";
import { expect, test } from "vitest";
import { describeInChromium } from "./support/chromium.ts";
import { horizontalOverflow, lowestContrast, PHONE, shownText } from "./support/page-checks.ts";
import { simulatorForTest, startSignIn } from "./support/sign-in.ts";

const headline = (page: Page): Promise<string> => shownText(page, "h1");
const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name }).click();

/** The URLs that a tab requests from the callback server. */
function callbackAddresses(page: Page): string[] {
  const addresses: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/auth/callback") addresses.push(request.url());
  });
  return addresses;
}

/** A `fetch` that delays requests until it is released. */
function heldFetch(): { fetch: typeof fetch; arrived: Promise<void>; letGo: () => void } {
  let letGo = (): void => {};
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return {
    fetch: async (input, init) => {
      arrive();
      await held;
      return fetch(input, init);
    },
    arrived,
    letGo,
  };
}

describeInChromium("signing in with a browser", [], (tabs) => {
  test.each(["light", "dark"] as const)("ends on a page that says so, in %s mode", async (colorScheme) => {
    const simulator = await simulatorForTest();
    const { page, complaints } = await tabs.open({ colorScheme });
    const { result, store } = await startSignIn(simulator, page);

    expect(await headline(page)).toBe("Sign in with ChatGPT");
    expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
    await page.getByText("Example Team").click();
    await press(page, "Continue");

    const credentials = await result;
    expect(credentials).toMatchObject({ planType: "team", email: "robin@example.test" });
    expect(await store.load()).toEqual(credentials);
    expect(await headline(page)).toBe("You are signed in");
    expect(await shownText(page, "main")).toContain("robin@example.test");
    expect(await lowestContrast(page)).toBeGreaterThanOrEqual(4.5);
    expect(complaints).toEqual([]);

    const transport = new CodexTransport({ credentials: store, baseUrl: simulator.baseUrl });
    expect((await transport.fetchModels()).size).toBeGreaterThan(0);
  });

  test("leaves the code neither in the address bar nor in the history", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const { result, redirectUri } = await startSignIn(simulator, page);
    await press(page, "Continue");
    await result;
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect(page.url()).toBe(redirectUri);

    await page.goBack();
    expect(await headline(page)).toBe("Sign in with ChatGPT");
    const asked = page.waitForRequest((request) => request.url().includes("/auth/callback"));
    // The callback server is closed by then.
    await expect(page.goForward()).rejects.toThrow("ERR_CONNECTION_REFUSED");
    expect((await asked).url()).toBe(redirectUri);
  });

  test("survives a reload of the tab afterwards", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const { result, store } = await startSignIn(simulator, page);
    await press(page, "Continue");
    const credentials = await result;
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();

    await expect(page.reload()).rejects.toThrow("ERR_CONNECTION_REFUSED");
    expect(await store.load()).toEqual(credentials);
    expect(simulator.requests.filter(({ path }) => path === "/oauth/token")).toHaveLength(1);
  });

  test("accepts the callback once, and shows a message in a second tab", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const first = await tabs.open();
    const addresses = callbackAddresses(first.page);
    const { fetch, arrived, letGo } = heldFetch();
    const { result } = await startSignIn(simulator, first.page, { fetch });
    // The page is shown when the sign-in has ended, so the click does not resolve before.
    const clicked = press(first.page, "Continue");
    await arrived;

    const second = await tabs.open();
    const [address = ""] = addresses;
    expect(new URL(address).searchParams.has("code")).toBe(true);
    await second.page.goto(address);
    expect(await headline(second.page)).toBe("This link was already used");
    expect(second.page.url()).not.toContain("code=");

    letGo();
    await clicked;
    await result;
    await first.page.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect(simulator.requests.filter(({ path }) => path === "/oauth/token")).toHaveLength(1);
  });

  test("succeeds if the tab is closed early", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const { fetch, arrived, letGo } = heldFetch();
    const { result, store } = await startSignIn(simulator, page, { fetch });
    const clicked = press(page, "Continue").catch(() => {});
    await arrived;
    await page.close();
    await clicked;
    letGo();
    const credentials = await result;
    expect(await store.load()).toEqual(credentials);
  });

  test("shows a denial", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page, complaints } = await tabs.open();
    const { result, store } = await startSignIn(simulator, page);
    const failed = expect(result).rejects.toMatchObject({ code: "login-denied" });
    await press(page, "Deny");
    await failed;
    expect(await headline(page)).toBe("Sign-in was not approved");
    expect(await shownText(page, "main")).toContain("login-denied");
    expect(page.url()).not.toContain("error=");
    expect(complaints).toEqual([]);
    expect(await store.load()).toBeUndefined();
  });

  test("shows that the server rejected the code", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    simulator.faults.add("invalid_grant", { target: "token" });
    const { page, complaints } = await tabs.open();
    const { result } = await startSignIn(simulator, page);
    const failed = expect(result).rejects.toMatchObject({ code: "login-failed" });
    await press(page, "Continue");
    await failed;
    expect(await headline(page)).toBe("Sign-in failed");
    expect(await shownText(page, "main")).toContain("login-failed");
    expect(complaints).toEqual([]);
  });

  test("shows that the credentials could not be saved", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const full = new AxioError("store-unavailable", "The disk is full.");
    const store: CredentialStore<Credentials> = {
      load: async () => undefined,
      update: async (change) => {
        if ((await change(undefined)) !== undefined) throw full;
        return undefined;
      },
    };
    const { result } = await startSignIn(simulator, page, { store });
    const failed = expect(result).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("The disk is full."),
    });
    await press(page, "Continue");
    await failed;
    expect(await headline(page)).toBe("The sign-in could not be saved");
    expect(await shownText(page, "main")).toContain("The disk is full.");
  });

  test("fits a phone at every step without scripts", needs(FULL_RUN), async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open(PHONE);
    const { result } = await startSignIn(simulator, page);
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
    await press(page, "Continue");
    await result;
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
    await page.goto(`${simulator.origin}/codex/device`);
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
  });
});
