import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { AxioError } from "axio";
import type { LoginProgress } from "axio/plugin";
import { MemoryCredentialStore } from "axio-auth";
import type { Simulator, SimulatorOptions } from "axio-simulator";
import { type BrowserVisit, signInAsBrowser } from "test-support/sign-in-as-browser";
import { describe, expect, onTestFinished, test } from "vitest";
import { CodexTransport, type Credentials, type LoginOptions, login, runOAuthFlow } from "../src/index.ts";
import { asking, collect, failureOf, requestsTo, simulate } from "./support.ts";

const TEAM = "22222222-2222-4222-8222-222222222222";

interface SignIn {
  readonly simulator: Simulator;
  readonly store: MemoryCredentialStore<Credentials>;
  readonly progress: LoginProgress[];
  /** What the browser showed in the end. */
  readonly visits: Promise<BrowserVisit>[];
  readonly options: LoginOptions;
}

/** A sign-in to a simulator, with a person who presses this button in the browser. */
async function prepare(button = "Continue", simulated: SimulatorOptions = {}): Promise<SignIn> {
  const simulator = await simulate(simulated);
  const store = new MemoryCredentialStore<Credentials>();
  const progress: LoginProgress[] = [];
  const visits: Promise<BrowserVisit>[] = [];
  return {
    simulator,
    store,
    progress,
    visits,
    options: {
      store,
      issuer: simulator.issuer,
      ports: [0],
      timeoutMs: 20_000,
      onProgress: (step) => progress.push(step),
      openBrowser: async (url) => {
        visits.push(signInAsBrowser(url, button));
        return true;
      },
    },
  };
}

function authorizeUrl(progress: readonly LoginProgress[]): URL {
  const step = progress.find(({ type }) => type === "authorize");
  if (step?.type !== "authorize") throw new Error("No address was shown.");
  return new URL(step.url);
}

/** Signs in as a browser does whose last address cannot be opened; gives that address. */
async function lastAddress(url: URL): Promise<URL> {
  const form = new URLSearchParams({ decision: "continue", account: "11111111-1111-4111-8111-111111111111" });
  const answer = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  await answer.body?.cancel();
  return new URL(answer.headers.get("location") ?? "");
}

describe("in the browser", () => {
  test("signs in, keeps it, and tells the browser so", async () => {
    const { simulator, store, progress, visits, options } = await prepare();
    const credentials = await login(options);
    expect(credentials).toMatchObject({
      accountId: "11111111-1111-4111-8111-111111111111",
      planType: "plus",
      email: "robin@example.test",
    });
    expect(credentials.expiresAt).toBeGreaterThan(Date.now() + 800_000_000);
    expect(await store.load()).toEqual(credentials);
    expect((await visits[0])?.headline).toBe("You are signed in");
    expect(progress.map(({ type }) => type)).toEqual(["authorize", "exchanging"]);
    const transport = new CodexTransport({
      credentials: store,
      baseUrl: simulator.baseUrl,
      model: "gpt-5.5",
    });
    await expect(collect(transport.stream(asking("say Hi")))).resolves.toBeDefined();
  });

  test("asks for what is needed and no more, with PKCE", async () => {
    const { progress, options } = await prepare();
    await login({ ...options, allowedWorkspaceIds: [TEAM, "other"] });
    const url = authorizeUrl(progress);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      scope: "openid profile email offline_access",
      code_challenge_method: "S256",
      id_token_add_organizations: "true",
      originator: "codex_cli_rs",
      allowed_workspace_id: `${TEAM},other`,
    });
    expect(url.searchParams.get("redirect_uri")).toMatch(/^http:\/\/localhost:\d+\/auth\/callback$/);
    expect(url.searchParams.get("state")).toMatch(/^[\w-]{43}$/);
    expect(url.search).not.toContain("+");
  });

  test("a denial is login-denied, and the browser's page says so", async () => {
    const { store, visits, options } = await prepare("Deny");
    const error = await failureOf(login(options));
    expect(error.code).toBe("login-denied");
    expect((await visits[0])?.headline).toBe("Sign-in was not approved");
    expect(await store.load()).toBeUndefined();
  });

  test("a server that gives no token is login-failed, and the browser's page says so", async () => {
    const { simulator, visits, options } = await prepare();
    simulator.faults.add("server_error", { target: "token" });
    const error = await failureOf(login(options));
    expect(error.code).toBe("login-failed");
    expect((await visits[0])?.html).toContain("login-failed");
  });

  test("a store that cannot save is the error, and the browser's page says so", async () => {
    const { visits, options, store } = await prepare();
    const update = store.update.bind(store);
    const full = new AxioError("store-unavailable", "The disk is full.");
    // An update that changes nothing works: it is how the store is tried before anybody is asked.
    store.update = (change, options) =>
      update(async (current) => {
        const next = await change(current);
        if (next !== current) throw full;
        return next;
      }, options);
    const error = await failureOf(login(options));
    expect(error.code).toBe("store-unavailable");
    expect((await visits[0])?.headline).toBe("The sign-in could not be saved");
  });

  test("a store that cannot be read or written is the error before anybody is asked", async () => {
    const { simulator, options, store, progress } = await prepare();
    store.update = () => Promise.reject(new AxioError("store-unavailable", "The folder is read-only."));
    expect((await failureOf(login(options))).code).toBe("store-unavailable");
    expect([progress, simulator.requests]).toEqual([[], []]);
  });

  test("another workspace than those allowed is refused, revoked, and not kept", async () => {
    const { simulator, store, visits, options } = await prepare();
    // The page would not offer it: as if the server paid the parameter no heed.
    const openBrowser = async (text: string): Promise<boolean> => {
      const url = new URL(text);
      url.searchParams.delete("allowed_workspace_id");
      return (await options.openBrowser?.(url.href)) ?? false;
    };
    const error = await failureOf(login({ ...options, openBrowser, allowedWorkspaceIds: [TEAM] }));
    expect(error.code).toBe("account-mismatch");
    expect(error.message).toContain(TEAM);
    expect((await visits[0])?.headline).toBe("This is the wrong account or workspace");
    expect(simulator.stats.revocations).toBe(1);
    expect(await store.load()).toBeUndefined();
  });

  test("the sign-in that it replaces is revoked", async () => {
    const { simulator, store, options } = await prepare();
    const old = simulator.issueCredentials();
    await store.update(async () => old);
    await login(options);
    expect(requestsTo(simulator, "/oauth/revoke").map(({ json }) => json)).toEqual([
      {
        token: old.refreshToken,
        token_type_hint: "refresh_token",
        client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      },
    ]);
    expect(simulator.stats.revocations).toBe(1);
  });

  test("that one not being revoked is a warning", async () => {
    const { simulator, store, progress, options } = await prepare();
    await store.update(async () => simulator.issueCredentials());
    simulator.faults.add("server_error", { target: "revoke" });
    await login(options);
    expect(progress.at(-1)?.type).toBe("warning");
  });

  test("runOAuthFlow gives the credentials and keeps nothing", async () => {
    const { simulator, options } = await prepare();
    const { store: _, ...rest } = options;
    const { accessToken, refreshToken, expiresAt, accountId } = await runOAuthFlow(rest);
    const transport = new CodexTransport({
      accessToken,
      refreshToken,
      expiresAt,
      accountId,
      baseUrl: simulator.baseUrl,
      model: "gpt-5.5",
    });
    await expect(collect(transport.stream(asking("say Hi")))).resolves.toBeDefined();
  });

  test("a browser that cannot be opened leaves the other ways", async () => {
    const { simulator, progress, options } = await prepare("Continue", { deviceIntervalSeconds: 1 });
    const credentials = await login({
      ...options,
      openBrowser: () => Promise.reject(new Error("no browser")),
      onProgress: (step) => {
        progress.push(step);
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
    expect(credentials.email).toBe("robin@example.test");
    expect(progress.find(({ type }) => type === "authorize")).toMatchObject({ opened: false });
  });
});

describe("by pasting", () => {
  const forms: Readonly<Record<string, (address: URL) => string>> = {
    "the whole address": ({ href }) => href,
    "the address as a terminal wraps it": ({ href }) => ` ${href.slice(0, 60)}\n${href.slice(60)}\n`,
    "its query": ({ search }) => search,
    "code#state": ({ searchParams }) => `${searchParams.get("code")}#${searchParams.get("state")}`,
    "the code alone": ({ searchParams }) => searchParams.get("code") ?? "",
  };

  test.each(Object.entries(forms))("%s", async (_name, form) => {
    const { progress, options } = await prepare();
    const credentials = await login({
      ...options,
      method: "paste",
      readPaste: async () => form(await lastAddress(authorizeUrl(progress))),
    });
    expect(credentials.email).toBe("robin@example.test");
    expect(progress.map(({ type }) => type)).toEqual(["authorize", "exchanging"]);
  });

  test("what is of no use is refused, and asked for again", async () => {
    const { progress, options } = await prepare();
    const pastes = ["", "hello there!", "https://example.test/", "ac_wrong", "ac_wrong#other-state"];
    await login({
      ...options,
      method: "paste",
      readPaste: async () => pastes.shift() ?? (await lastAddress(authorizeUrl(progress))).href,
    });
    const refused = progress.filter(({ type }) => type === "input-rejected");
    expect(refused).toHaveLength(5);
  });

  test("a denial ends it", async () => {
    const { options } = await prepare();
    const error = await failureOf(
      login({ ...options, method: "paste", readPaste: async () => "?error=access_denied" }),
    );
    expect(error.code).toBe("login-denied");
  });

  test("a reader that gives nothing of use for ever is ended by the timeout", async () => {
    const { options } = await prepare();
    const error = await failureOf(
      login({ ...options, method: "paste", timeoutMs: 100, readPaste: async () => "" }),
    );
    expect(error.code).toBe("login-timeout");
  });

  test("wins over a browser that never comes back, which is let go", async () => {
    const { progress, options } = await prepare();
    let redirect = "";
    await login({
      ...options,
      openBrowser: async () => true,
      readPaste: async () => {
        const address = await lastAddress(authorizeUrl(progress));
        redirect = address.origin;
        return address.href;
      },
    });
    await expect(fetch(redirect)).rejects.toThrow();
  });

  test("the reader is told when the browser was faster", async () => {
    const { options } = await prepare();
    let told = false;
    await login({
      ...options,
      readPaste: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            told = true;
            reject(signal.reason);
          });
        }),
    });
    expect(told).toBe(true);
  });
});

describe("where the port is taken", () => {
  async function takenPort(): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    return (server.address() as AddressInfo).port;
  }

  test("a paste still leads to the end", async () => {
    const { progress, options } = await prepare();
    const port = await takenPort();
    const credentials = await login({
      ...options,
      ports: [port],
      method: "browser",
      openBrowser: async () => true,
      readPaste: async () => (await lastAddress(authorizeUrl(progress))).href,
    });
    expect(credentials.email).toBe("robin@example.test");
    expect(progress[0]).toMatchObject({ type: "port-in-use", error: { code: "callback-port-in-use" } });
    expect(authorizeUrl(progress).searchParams.get("redirect_uri")).toBe(
      `http://localhost:${port}/auth/callback`,
    );
  });

  test("without a paste, a device code is offered", async () => {
    const { simulator, progress, options } = await prepare("Continue", { deviceIntervalSeconds: 1 });
    await login({
      ...options,
      ports: [await takenPort()],
      openBrowser: async () => true,
      onProgress: (step) => {
        progress.push(step);
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
    expect(progress.map(({ type }) => type)).toEqual([
      "port-in-use",
      "authorize",
      "device-code",
      "exchanging",
    ]);
  });

  test("and where only the browser may be used, it is the error", async () => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, ports: [await takenPort()], method: "browser" }));
    expect(error.code).toBe("callback-port-in-use");
  });
});

describe("an end without a sign-in", () => {
  const ways: Readonly<Record<string, Partial<LoginOptions>>> = {
    browser: { method: "browser", openBrowser: async () => true },
    "an opener that hangs": { method: "browser", openBrowser: () => new Promise(() => undefined) },
    device: { method: "device" },
    paste: { method: "paste", readPaste: () => new Promise(() => undefined) },
    auto: { openBrowser: async () => false },
  };

  test.each(Object.entries(ways))("%s: login-timeout when nobody signs in", async (_way, way) => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, ...way, timeoutMs: 100 }));
    expect(error.code).toBe("login-timeout");
  });

  test.each(Object.entries(ways))("%s: aborted when the signal fires", async (_way, way) => {
    const { options } = await prepare();
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = login({ ...options, ...way, signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    const error = await failureOf(call);
    expect([error.code, error.cause]).toEqual(["aborted", reason]);
  });

  test("nothing is asked where the signal has fired before", async () => {
    const { simulator, options, visits } = await prepare();
    const error: AxioError = await failureOf(login({ ...options, signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
    expect([simulator.requests, visits]).toEqual([[], []]);
  });

  test("an issuer elsewhere over http is refused", async () => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, issuer: "http://auth.example.test" }));
    expect(error.code).toBe("invalid-argument");
  });
});
