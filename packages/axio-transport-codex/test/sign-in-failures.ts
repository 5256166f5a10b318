import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxioError, JsonObject } from "axio";
import { FileCredentialStore, KeychainCredentialStore, MemoryCredentialStore } from "axio-auth";
import { acquireFileLock } from "axio-auth/internal";
import type { FaultSpec, Simulator, SimulatorOptions } from "axio-simulator";
import { freePort } from "test-support/free-port";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { onTestFinished } from "vitest";
import {
  AuthJsonStore,
  CODEX_CREDENTIAL_FORMAT,
  CodexTransport,
  type Credentials,
  type LoginOptions,
  login,
  logout,
} from "../src/index.ts";
import { asking, collect, connection, failureOf, simulate } from "./support.ts";

/** A failure as the user sees it. A page in the browser has no code. */
export interface Seen {
  readonly code: string;
  readonly message: string;
}

const TEAM = "22222222-2222-4222-8222-222222222222";

/** Causes each failure of the sign-in, by its name in docs/sign-in.md. */
export const FAILURES: Readonly<Record<string, () => Promise<Seen>>> = {
  "The user does not sign in": () => fail({ openBrowser: async () => true, timeoutMs: 100 }),
  "The sign-in page rejects the program's name": () =>
    fail({ openBrowser: visit(), timeoutMs: 500, originator: "unknown" }, { originators: ["codex_cli_rs"] }),
  "The sign-in is canceled (Ctrl-C, `signal`)": () => fail({ signal: AbortSignal.abort() }),
  "The callback ports are in use, and there is no other method": async () =>
    fail({ openBrowser: async () => true, ports: [await takenPort()] }),
  "Another sign-in needs the port": () =>
    fail({
      // Not `fetch`, whose headers look like those of a browser.
      openBrowser: async (url) => {
        const { port } = new URL(new URL(url).searchParams.get("redirect_uri") ?? "");
        get({ host: "127.0.0.1", port, path: "/cancel", agent: false }, (response) => response.resume());
        return true;
      },
    }),
  "The browser returns from another sign-in": () =>
    page(async ({ callback }) => [
      await read(callback.replace(/state=[^&]*/, "state=other")),
      read(callback),
    ]),
  "The browser returns a second time": () =>
    page(async ({ callback }) => {
      const reads = [read(callback), read(callback)];
      // The second one gets its page at once; the first one waits for the sign-in.
      return [await Promise.race(reads), Promise.all(reads).then(([html = ""]) => html)];
    }),
  "The user declines": () => fail({ openBrowser: visit("Deny") }),
  "The workspace has no Codex": () =>
    fail({
      openBrowser: callBack(
        ({ redirect, state }) =>
          `${redirect}?error=access_denied&error_description=missing_codex_entitlement&state=${state}`,
      ),
    }),
  "The server rejects the sign-in": () =>
    fail({
      openBrowser: callBack(
        ({ redirect, state }) => `${redirect}?error=server_error&error_description=It+failed&state=${state}`,
      ),
    }),
  "The browser returns without a code": () =>
    fail({ openBrowser: callBack(({ redirect, state }) => `${redirect}?state=${state}`) }),
  "The sign-in is for a workspace that is not allowed": () =>
    fail({
      allowedWorkspaceIds: [TEAM],
      openBrowser: (url) => visit()(url.replace(/&allowed_workspace_id=[^&]*/, "")),
    }),

  "Something other than an address or a code is pasted": () => rejectedPaste("hello there!"),
  "The sign-in page's own address is pasted": () => rejectedPaste("https://x.test/?code_challenge=1"),
  "An address without a code is pasted": () => rejectedPaste("https://x.test/"),
  "The pasted address is from another sign-in": () => rejectedPaste("ac_code#other-state"),
  "The pasted code is no longer valid": () => rejectedPaste("ac_wrong"),

  "Device codes are not enabled": () => failDevice("not_found"),
  "The server is down when a device code is requested": () => failDevice("server_error"),
  "Too many device codes were requested": () => failDevice("rate_limit_silent"),
  "The device code is incomplete": () => failDevice({ name: "status", parameters: { status: "200" } }),
  "The response with the device code is not JSON": () => failDevice("token_garbage"),
  "The user does not enter the device code": () => failPoll("deviceauth_authorization_expired"),
  "The user declines on the other device": () => failPoll("deviceauth_authorization_denied"),
  "The server rejects the device for another reason": () => failPoll("something_else"),
  "The response that approves the device is incomplete": () => failPoll("whole", 200),

  "The code was used or has expired": () => failExchange("token_expired"),
  "The code was rejected": () => failExchange("invalid_grant"),
  "The code was rejected, in the form of RFC 6749": () => failExchange("invalid_grant_rfc"),
  "The redirect URI differs from that of the authorization request": () =>
    failExchange({
      name: "status",
      parameters: { status: "400", code: "token_exchange_user_error", message: "The redirect URI differs." },
    }),
  "The client id is not accepted": () =>
    failExchange({
      name: "status",
      parameters: { status: "401", code: "invalid_client", message: "The client is not known." },
    }),
  "The sign-in server is down": () => failExchange("server_error"),
  "The connection breaks": () => failExchange("reset_before_headers"),
  "The server cannot be reached": async () => {
    const { options } = await prepare();
    return failureOf(login({ ...options, issuer: `http://127.0.0.1:${await freePort()}`, method: "device" }));
  },
  "The certificate is not accepted": async () => {
    const { options } = await prepare({ https: true });
    return failureOf(login({ ...options, method: "device" }));
  },
  "The country is not served": () => failExchange("unsupported_country"),
  "Cloudflare blocks the request as automated": () => failExchange("cloudflare_challenge"),
  "A network responds with its own sign-in page": () => failExchange("html_page"),
  "The response is not JSON": () => failExchange("token_garbage"),
  "The response has no access token": () => failExchange("without_access_token"),
  "The tokens name no account": async () => {
    const { simulator, options } = await prepare();
    const anonymous = ["e30", "e30", "x"].join(".");
    const body = JSON.stringify({ access_token: anonymous, refresh_token: "r", id_token: anonymous });
    return failureOf(
      login({
        ...options,
        openBrowser: visit(),
        fetch: async (input, init) =>
          String(input) === `${simulator.issuer}/oauth/token` ? new Response(body) : fetch(input, init),
      }),
    );
  },

  "The user is not signed in": async () => {
    const simulator = await simulate();
    return call(simulator, new MemoryCredentialStore<Credentials>());
  },
  "The refresh token has expired": () => failRefresh("refresh_token_expired"),
  "The refresh token was already used": () => failRefresh("refresh_token_reused"),
  "The refresh token was revoked": () => failRefresh("refresh_token_invalidated"),
  "The refresh token is not valid (`invalid_grant`)": () => failRefresh("invalid_grant"),
  "The refresh token is rejected with another 401": () => failRefresh("unauthorized"),
  "There is no refresh token": async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials({ lifetimeSeconds: -10 });
    return call(simulator, new MemoryCredentialStore<Credentials>({ ...issued, refreshToken: "" }));
  },
  "The sign-in server is down, and the access token has expired": () => failRefresh("server_error"),
  "The sign-in server limits the request rate": () => failRefresh("rate_limit_silent"),
  "The connection breaks during a refresh": () => failRefresh("reset_before_headers"),
  "The response to a refresh is not JSON": () => failRefresh("token_garbage"),
  "The country is no longer served": () => failRefresh("unsupported_country"),
  "Cloudflare blocks the refresh as automated": () => failRefresh("cloudflare_blocked"),
  "The backend rejects the token, and the refreshed one too": async () => {
    const simulator = await simulate();
    simulator.faults.add("unauthorized", { times: 2 });
    return call(simulator, new MemoryCredentialStore<Credentials>(simulator.issueCredentials()));
  },

  "The server does not confirm a sign-out": async () => {
    const simulator = await simulate();
    simulator.faults.add("server_error", { target: "revoke" });
    const store = new MemoryCredentialStore<Credentials>(simulator.issueCredentials());
    return seen((await logout({ store, issuer: simulator.issuer })).error);
  },
  "The server does not respond to a sign-out": async () => {
    const simulator = await simulate();
    const store = new MemoryCredentialStore<Credentials>(simulator.issueCredentials());
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    return seen((await logout({ store, issuer: simulator.issuer, fetch })).error);
  },

  "The file is empty": () => failFile((path) => writeFile(path, "")),
  "The file is truncated": () => failFile((path) => writeFile(path, '{"version": 1, "credentials": {"acc')),
  "The file has no token": () => failFile((path) => writeFile(path, '{"version": 1, "credentials": {}}')),
  "The file was written by a newer axio": () =>
    failFile((path) => writeFile(path, '{"version": 2, "credentials": {}}')),
  "A directory has the name of the file": () => failFile((path) => mkdir(path)),
  "The file's symbolic links form a cycle": () => failFile((path) => symlink(path, path)),
  "Another program holds the lock": async () => {
    const path = join(await temporaryDirectory(), "codex.json");
    const lock = await acquireFileLock(`${path}.axio-lock`);
    const store = new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT, lockTimeoutMs: 50 });
    try {
      // In one process, the queue has the same effect.
      return await failureOf(store.update(async () => undefined));
    } finally {
      await lock.release();
    }
  },
  "The keychain is unavailable": () =>
    failureOf(
      new KeychainCredentialStore({
        account: "codex",
        format: CODEX_CREDENTIAL_FORMAT,
        openEntry: () => Promise.reject(new Error("no such service")),
      }).load(),
    ),
  "The official CLI is signed in with an API key": () =>
    failAuthJson({ auth_mode: "apikey", OPENAI_API_KEY: "sk-1" }),
  "The official CLI has a sign-in of another kind": () => failAuthJson({ auth_mode: "personalAccessToken" }),
  "The official CLI's file has no usable tokens": () => failAuthJson({ tokens: {} }),
};

/** The callback of a running sign-in. */
interface Target {
  readonly redirect: string;
  readonly state: string;
  /** Where the browser is redirected. */
  readonly callback: string;
}

async function prepare(simulated: SimulatorOptions = {}): Promise<{
  readonly simulator: Simulator;
  readonly options: LoginOptions;
}> {
  const simulator = await simulate({ deviceIntervalSeconds: 1, ...simulated });
  const store = new MemoryCredentialStore<Credentials>();
  const options = { store, issuer: simulator.issuer, ports: [0], timeoutMs: 20_000 };
  return { simulator, options: { ...options, method: "browser" } };
}

async function fail(more: Partial<LoginOptions>, simulated: SimulatorOptions = {}): Promise<AxioError> {
  const { options } = await prepare(simulated);
  return failureOf(login({ ...options, ...more }));
}

function visit(button = "Continue"): (url: string) => Promise<boolean> {
  return async (url) => {
    void signInAsBrowser(url, button).catch(() => undefined);
    return true;
  };
}

async function targetOf(url: string): Promise<Target> {
  const query = new URL(url).searchParams;
  const redirect = query.get("redirect_uri") ?? "";
  const form = new URLSearchParams({ decision: "continue", account: "11111111-1111-4111-8111-111111111111" });
  const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  await response.body?.cancel();
  return {
    redirect,
    state: query.get("state") ?? "",
    callback: response.headers.get("location") ?? "",
  };
}

function callBack(address: (target: Target) => string): (url: string) => Promise<boolean> {
  return async (url) => {
    const target = await targetOf(url);
    void fetch(address(target))
      .then((response) => response.text())
      .catch(() => undefined);
    return true;
  };
}

/** Returns a page that does not belong to the sign-in, which continues. */
async function page(visit: (target: Target) => Promise<readonly [string, Promise<string>]>): Promise<Seen> {
  const { options } = await prepare();
  let visited: ReturnType<typeof visit> | undefined;
  await login({
    ...options,
    openBrowser: async (url) => {
      visited = visit(await targetOf(url));
      return true;
    },
    // The first browser waits for its page until the other one has its own.
    fetch: async (input, init) => {
      await visited;
      return fetch(input, init);
    },
  });
  const [html = "", last] = (await visited) ?? [];
  await last;
  const [headline, ...rest] = [...html.matchAll(/<(?:h1|p)\b[^>]*>([^<]*)/g)].map(([, text = ""]) => text);
  return { code: "a page", message: [`${headline}.`, ...rest].join(" ") };
}

async function read(address: string): Promise<string> {
  return (await fetch(address)).text();
}

async function rejectedPaste(text: string): Promise<Seen> {
  const { options } = await prepare();
  const controller = new AbortController();
  let rejected: AxioError | undefined;
  await failureOf(
    login({
      ...options,
      method: "paste",
      signal: controller.signal,
      readPaste: async () => text,
      onProgress: (step) => {
        if (step.type !== "input-rejected") return;
        rejected ??= step.error;
        controller.abort();
      },
    }),
  );
  return seen(rejected);
}

async function failDevice(fault: FaultSpec | string): Promise<AxioError> {
  const { simulator, options } = await prepare();
  simulator.faults.add(fault, { target: "device", times: 3 });
  return failureOf(login({ ...options, method: "device" }));
}

async function failPoll(code: string, status = 400): Promise<AxioError> {
  const { simulator, options } = await prepare();
  return failureOf(
    login({
      ...options,
      method: "device",
      onProgress: (step) => {
        if (step.type !== "device-code") return;
        const parameters = { status: String(status), code, message: "The device cannot be connected." };
        simulator.faults.add({ name: "status", parameters }, { target: "device" });
      },
    }),
  );
}

async function failExchange(fault: FaultSpec | string): Promise<AxioError> {
  const { simulator, options } = await prepare();
  simulator.faults.add(fault, { target: "token" });
  return failureOf(login({ ...options, openBrowser: visit() }));
}

async function failRefresh(fault: FaultSpec | string): Promise<AxioError> {
  const simulator = await simulate();
  simulator.faults.add(fault, { target: "token", times: 5 });
  const issued = simulator.issueCredentials({ lifetimeSeconds: -10 });
  return call(simulator, new MemoryCredentialStore<Credentials>(issued));
}

function call(simulator: Simulator, credentials: MemoryCredentialStore<Credentials>): Promise<AxioError> {
  const transport = new CodexTransport({
    ...connection(simulator),
    credentials,
    model: "gpt-5.5",
    retry: { maxRetries: 0 },
  });
  return failureOf(collect(transport.stream(asking("say Hi"))));
}

async function failFile(make: (path: string) => Promise<unknown>): Promise<AxioError> {
  const path = join(await temporaryDirectory(), "codex.json");
  await make(path);
  return failureOf(new FileCredentialStore({ path, format: CODEX_CREDENTIAL_FORMAT }).load());
}

async function failAuthJson(document: JsonObject): Promise<AxioError> {
  const codexHome = await temporaryDirectory();
  await writeFile(join(codexHome, "auth.json"), JSON.stringify(document));
  return failureOf(new AuthJsonStore({ codexHome }).load());
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "axio-failures-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o700);
  return directory;
}

async function takenPort(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

/** Returns a port without a server. */
function seen(error: AxioError | undefined): Seen {
  if (error === undefined) throw new Error("An error was expected, and there was none.");
  return error;
}
