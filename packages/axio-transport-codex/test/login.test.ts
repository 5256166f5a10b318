import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxioError } from "axio";
import type { LoginProgress } from "axio/plugin";
import { type CredentialStore, MemoryCredentialStore } from "axio-auth";
import type { Simulator, SimulatorOptions } from "axio-simulator";
import { needs, POSIX } from "test-support/requirements";
import { type BrowserVisit, signInAsBrowser } from "test-support/sign-in-as-browser";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CodexTransport, type Credentials, type LoginOptions, login, runOAuthFlow } from "../src/index.ts";
import { asking, collect, failureOf, requestsTo, simulate } from "./support.ts";

const TEAM = "22222222-2222-4222-8222-222222222222";

interface SignIn {
  readonly simulator: Simulator;
  readonly store: MemoryCredentialStore<Credentials>;
  readonly progress: LoginProgress[];
  /** The last pages of the browser. */
  readonly visits: Promise<BrowserVisit>[];
  readonly options: LoginOptions;
}

/** Prepares a sign-in to a simulator with a user who presses this button in the browser. */
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

/** Signs in with a browser that cannot open its last URL. Returns that URL. */
async function lastAddress(url: URL): Promise<URL> {
  const form = new URLSearchParams({ decision: "continue", account: "11111111-1111-4111-8111-111111111111" });
  const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  await response.body?.cancel();
  return new URL(response.headers.get("location") ?? "");
}

describe("in the browser", () => {
  test("signs in, saves the credentials, and reports it in the browser", async () => {
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

  test("requests the necessary scopes, with PKCE", async () => {
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

  test("throws login-denied if the user declines, and reports it in the browser", async () => {
    const { store, visits, options } = await prepare("Deny");
    const error = await failureOf(login(options));
    expect(error.code).toBe("login-denied");
    expect((await visits[0])?.headline).toBe("Sign-in was not approved");
    expect(await store.load()).toBeUndefined();
  });

  test("throws login-failed if the server sends no token, and reports it in the browser", async () => {
    const { simulator, visits, options } = await prepare();
    simulator.faults.add("server_error", { target: "token" });
    const error = await failureOf(login(options));
    expect(error.code).toBe("login-failed");
    expect((await visits[0])?.html).toContain("login-failed");
  });

  test("throws the error of a store that cannot save, and reports it in the browser", async () => {
    const { visits, options, store } = await prepare();
    const update = store.update.bind(store);
    const full = new AxioError("store-unavailable", "The disk is full.");
    // An update without a change works: it tests the store before the sign-in.
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

  test("revokes tokens that cannot be saved, and says so", async () => {
    const { simulator, options, store } = await prepare();
    const update = store.update.bind(store);
    let updates = 0;
    store.update = (change, more) => {
      updates += 1;
      if (updates === 1) return update(change, more);
      return Promise.reject(new AxioError("store-unavailable", "The disk is full. Free some space."));
    };
    const error = await failureOf(login(options));
    expect(error).toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/^The disk is full.*not saved, and its tokens were revoked\.$/),
    });
    expect(simulator.stats.revocations).toBe(1);
  });

  test("shows no other user of the machine the state of the sign-in", needs(POSIX), async () => {
    const { options } = await prepare();
    const directory = await mkdtemp(join(tmpdir(), "axio-browser-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const log = join(directory, "arguments");
    await writeFile(join(directory, "browser"), `#!/bin/sh\necho "$1" > ${log}.new; mv ${log}.new ${log}\n`);
    await chmod(join(directory, "browser"), 0o755);
    vi.stubEnv("BROWSER", join(directory, "browser"));
    onTestFinished(() => void vi.unstubAllEnvs());
    let shown = "";
    const signedIn = login({
      ...options,
      method: "browser",
      openBrowser: undefined,
      onProgress: (step) => {
        if (step.type === "authorize") shown = step.url;
      },
    });
    const address = await vi.waitFor(async () => (await readFile(log, "utf8")).trim(), 5_000);
    expect(address).toMatch(/^http:\/\/localhost:\d+\/start\/[\w-]{43}$/);
    expect((await signInAsBrowser(address)).headline).toBe("You are signed in");
    await signedIn;
    expect(address).not.toContain(new URL(shown).searchParams.get("state") ?? "none");
  });

  test("rejects a method that does not exist, and names those that do, before it does anything", async () => {
    const { options, progress, simulator } = await prepare();
    for (const method of ["broswer", "api-key"]) {
      expect(await failureOf(() => login({ ...options, method: method as "browser" }))).toMatchObject({
        code: "invalid-argument",
        message: `There is no login method "${method}" here. Omit it, or choose one of: browser, paste, device.`,
      });
    }
    expect(progress).toEqual([]);
    expect(simulator.requests).toEqual([]);
  });

  test("checks that the store can be written before it sends a request or opens the browser", async () => {
    const { simulator, options, progress } = await prepare();
    let opened = 0;
    const unwritable: CredentialStore<Credentials> = {
      load: async () => undefined,
      update: async (change) =>
        change(undefined, {
          markInFlight: () => true,
          reserve: () => Promise.reject(new AxioError("store-unavailable", "The disk is full.")),
        }),
    };
    const openBrowser = async (): Promise<boolean> => {
      opened += 1;
      return true;
    };
    const error = await failureOf(login({ ...options, store: unwritable, openBrowser }));
    expect([error.code, opened, progress, simulator.requests]).toEqual(["store-unavailable", 0, [], []]);
  });

  test("warns if it replaces the sign-in of another account", async () => {
    const { options, store, progress, simulator } = await prepare();
    const other = { ...simulator.issueCredentials(), accountId: TEAM, email: "kim@example.test" };
    await store.update(async () => other);
    await login(options);
    expect(progress.at(-1)).toMatchObject({
      type: "warning",
      error: { code: "account-mismatch", message: expect.stringContaining("kim@example.test") },
    });
    await login(options);
    expect(progress.at(-1)?.type).not.toBe("warning");
  });

  test("throws the error of an unusable store before it sends a request", async () => {
    const { simulator, options, store, progress } = await prepare();
    store.update = () => Promise.reject(new AxioError("store-unavailable", "The folder is read-only."));
    expect((await failureOf(login(options))).code).toBe("store-unavailable");
    expect([progress, simulator.requests]).toEqual([[], []]);
  });

  test("rejects and revokes a sign-in for a workspace that is not allowed", async () => {
    const { simulator, store, visits, options } = await prepare();
    // As if the server ignored the parameter.
    const openBrowser = async (text: string): Promise<boolean> => {
      const url = new URL(text);
      url.searchParams.delete("allowed_workspace_id");
      return (await options.openBrowser?.(url.href)) ?? false;
    };
    const error = await failureOf(login({ ...options, openBrowser, allowedWorkspaceIds: [TEAM] }));
    expect(error.code).toBe("account-mismatch");
    expect(error.message).toContain(TEAM);
    expect((await visits[0])?.headline).toBe("This is the wrong workspace");
    expect(simulator.stats.revocations).toBe(1);
    expect(await store.load()).toBeUndefined();
  });

  test("revokes the sign-in that it replaces", async () => {
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

  test("reports a warning if that cannot be revoked", async () => {
    const { simulator, store, progress, options } = await prepare();
    await store.update(async () => simulator.issueCredentials());
    simulator.faults.add("server_error", { target: "revoke" });
    await login(options);
    expect(progress.at(-1)?.type).toBe("warning");
  });

  test("runOAuthFlow returns the credentials without saving them", async () => {
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

  test("uses the other methods if the browser cannot be opened", async () => {
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
    "the whole URL": ({ href }) => href,
    "the URL with line breaks of a terminal": ({ href }) => ` ${href.slice(0, 60)}\n${href.slice(60)}\n`,
    "its query": ({ search }) => search,
    "code#state": ({ searchParams }) => `${searchParams.get("code")}#${searchParams.get("state")}`,
    "only the code": ({ searchParams }) => searchParams.get("code") ?? "",
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

  test("rejects unusable pastes, and reads again", async () => {
    const { progress, options } = await prepare();
    const pastes = ["", "hello there!", "https://example.test/", "ac_wrong", "ac_wrong#other-state"];
    await login({
      ...options,
      method: "paste",
      readPaste: async () => pastes.shift() ?? (await lastAddress(authorizeUrl(progress))).href,
    });
    const rejected = progress.filter(({ type }) => type === "input-rejected");
    expect(rejected).toHaveLength(5);
  });

  test.each([
    ["in the code", 0.5],
    ["in the state", 0.9],
    ["before the last character", 1],
  ])("accepts an address that arrives in two lines, broken %s", async (_, share) => {
    const { store, options, progress } = await prepare();
    const lines: string[] = [];
    const credentials = await login({
      ...options,
      method: "paste",
      readPaste: async () => {
        if (lines.length === 0) {
          const { href } = await lastAddress(authorizeUrl(progress));
          const at = Math.min(href.length - 1, Math.floor(href.length * share));
          lines.push(href.slice(0, at), href.slice(at));
        }
        return lines.shift() ?? "";
      },
    });
    expect(await store.load()).toEqual(credentials);
  });

  test("throws login-denied for a pasted error", async () => {
    const { options } = await prepare();
    const error = await failureOf(
      login({ ...options, method: "paste", readPaste: async () => "?error=access_denied" }),
    );
    expect(error.code).toBe("login-denied");
  });

  test("throws login-timeout if all pastes are unusable", async () => {
    const { options } = await prepare();
    const error = await failureOf(
      login({ ...options, method: "paste", timeoutMs: 100, readPaste: async () => "" }),
    );
    expect(error.code).toBe("login-timeout");
  });

  test("wins over a browser that does not return, and closes the callback server", async () => {
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

  test("aborts readPaste when the browser returns first", async () => {
    const { options } = await prepare();
    let isAborted = false;
    await login({
      ...options,
      readPaste: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            isAborted = true;
            reject(signal.reason);
          });
        }),
    });
    expect(isAborted).toBe(true);
  });
});

describe("with a callback port that is in use", () => {
  async function takenPort(): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    return (server.address() as AddressInfo).port;
  }

  test("accepts a paste", async () => {
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

  test("offers a device code if there is no paste", async () => {
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

  test("throws callback-port-in-use if only the browser may be used", async () => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, ports: [await takenPort()], method: "browser" }));
    expect(error.code).toBe("callback-port-in-use");
  });
});

describe("a sign-in that is not finished", () => {
  const methods: Readonly<Record<string, Partial<LoginOptions>>> = {
    browser: { method: "browser", openBrowser: async () => true },
    "an opener that hangs": { method: "browser", openBrowser: () => new Promise(() => undefined) },
    device: { method: "device" },
    paste: { method: "paste", readPaste: () => new Promise(() => undefined) },
    auto: { openBrowser: async () => false },
  };

  test.each(Object.entries(methods))("throws login-timeout: %s", async (_name, method) => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, ...method, timeoutMs: 100 }));
    expect(error.code).toBe("login-timeout");
  });

  test.each(Object.entries(methods))("throws aborted when the signal aborts: %s", async (_name, method) => {
    const { options } = await prepare();
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = login({ ...options, ...method, signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    const error = await failureOf(call);
    expect([error.code, error.cause]).toEqual(["aborted", reason]);
  });

  test("sends no request if the signal is already aborted", async () => {
    const { simulator, options, visits } = await prepare();
    const error: AxioError = await failureOf(login({ ...options, signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
    expect([simulator.requests, visits]).toEqual([[], []]);
  });

  test("throws invalid-argument for an http issuer on another machine", async () => {
    const { options } = await prepare();
    const error = await failureOf(login({ ...options, issuer: "http://auth.example.test" }));
    expect(error.code).toBe("invalid-argument");
  });
});
