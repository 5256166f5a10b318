import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LoginProgress } from "axio/plugin";
import { FileCredentialStore, MemoryCredentialStore } from "axio-auth";
import type { ChatGPTSimulator } from "axio-simulator";
import { startMachine } from "test-support/cli-machine";
import { type SecretWitness, watchFetch } from "test-support/secret-witness";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { COMMAND } from "../src/bin/command.ts";
import {
  CHATGPT_CREDENTIAL_FORMAT,
  type ChatGPTCredentials,
  ChatGPTTransport,
  logout,
} from "../src/index.ts";
import { asking, collect, connection, failureOf, issued, signIn, simulate } from "./support.ts";

let witness: SecretWitness;
beforeEach(() => {
  witness = watchFetch();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** Acts like a browser, and records the code. */
async function browse(url: string): Promise<void> {
  const response = await witness.fetch(url, { redirect: "manual" });
  const callback = response.headers.get("location");
  if (callback === null) return;
  witness.add(new URL(callback).searchParams.get("code") ?? "");
  await (await witness.fetch(callback)).text();
}

/** Signs in with {@link browse}. */
async function signInSeen(simulator: ChatGPTSimulator, options: Parameters<typeof signIn>[1]) {
  const pages: Promise<void>[] = [];
  try {
    return await signIn(simulator, {
      ...options,
      openBrowser: async (url) => {
        pages.push(browse(url));
        return true;
      },
    });
  } finally {
    await Promise.allSettled(pages);
  }
}

test("a sign-in, a second one, a request, a refresh and a sign-out show no token, code or verifier", async () => {
  const simulator = await simulate();
  const machine = await startMachine(COMMAND);
  onTestFinished(() => machine[Symbol.asyncDispose]());
  const path = join(machine.home, "axio", "chatgpt.json");
  const stores = [
    new FileCredentialStore<ChatGPTCredentials>({ path, format: CHATGPT_CREDENTIAL_FORMAT }),
    new MemoryCredentialStore<ChatGPTCredentials>(),
  ];
  for (const [index, store] of stores.entries()) {
    // Each store has its own account.
    const account = simulator.registrations.length === 0 ? undefined : "33333333-3333-4333-8333-333333333333";
    if (index > 0) simulator.next("authorize", { account });
    const progress: LoginProgress[] = [];
    const received: unknown[] = [];
    const options = { store, onProgress: (step: LoginProgress) => progress.push(step) };
    await signInSeen(simulator, options);
    const credentials = await signInSeen(simulator, options);
    simulator.expireAccessTokens();
    const transport = new ChatGPTTransport({
      ...connection(simulator),
      credentials: store,
      onWarning: (warning) => received.push(warning),
      onAuthRefresh: (fresh) => void received.push(fresh),
    });
    const events = await collect(
      transport.stream(asking("think a bit\nsay Hi\nfail eof at=text attempts=1")),
    );
    witness.expectNone("the transport", transport, events, received);
    witness.expectNone("the store", store, credentials, await store.load());
    witness.expectNone("the sign-out", await logout({ store, issuer: simulator.issuer }));
    witness.expectNone("the progress", progress, JSON.stringify(progress));
  }
  expect(witness.secrets.size).toBeGreaterThan(15);
});

describe("a failure shows no secret in message, stack, causes and details", () => {
  /** A server or proxy that repeats the request. */
  const echo: typeof fetch = async (input, init) => {
    const response = await witness.fetch(input, init);
    if (/well-known/.test(String(input))) return response;
    const message = `You sent ${String(init?.body)} and ${new Headers(init?.headers).get("authorization")}.`;
    return Response.json({ error: { message, code: message } }, { status: 400 });
  };

  test("if the server repeats the request: sign-in, refresh, request, sign-out", async () => {
    const simulator = await simulate();
    const progress: unknown[] = [];
    const onProgress = (step: LoginProgress) => progress.push(step);
    witness.expectNone(
      "the sign-in",
      await failureOf(signInSeen(simulator, { fetch: echo, onProgress })),
      progress,
    );
    for (const lifetimeSeconds of [-10, 3_600]) {
      const store = new MemoryCredentialStore(issued(simulator, { lifetimeSeconds }));
      const transport = new ChatGPTTransport({
        ...connection(simulator),
        credentials: store,
        fetch: echo,
        retry: { maxRetries: 0 },
      });
      witness.expectNone("the call", await failureOf(collect(transport.stream(asking("say Hi")))));
      witness.expectNone("the sign-out", await logout({ store, issuer: simulator.issuer, fetch: echo }));
    }
  });

  test.each([
    "wrong-nonce",
    "wrong-issuer",
    "expired",
    "without-subject",
    "bad-signature",
    "unknown-key",
    "alg-none",
    "alg-hs256",
  ] as const)("if an ID token is rejected: %s", async (idToken) => {
    const simulator = await simulate();
    simulator.next("exchange", { idToken });
    const error = await failureOf(signInSeen(simulator, {}));
    witness.expectNone("the error", error);
    // It does not show the account either.
    expect(JSON.stringify([error.message, error.stack, error.details])).not.toContain("robin@");
  });

  test.each(["refresh_token_reused", "server_error", "token_garbage", "reset_before_headers"])(
    "if a refresh fails: %s",
    async (fault) => {
      const simulator = await simulate();
      const credentials = issued(simulator, { lifetimeSeconds: -5 });
      witness.add(credentials.accessToken, credentials.refreshToken, credentials.idToken ?? "");
      simulator.faults.add(fault, { target: "token" });
      const transport = new ChatGPTTransport({
        ...connection(simulator, credentials),
        retry: { maxRetries: 0 },
      });
      witness.expectNone(
        "the error",
        await failureOf(collect(transport.stream(asking("say Hi")))),
        transport,
      );
    },
  );
});

test("the command shows no secret, and only the file of the sign-in has one", async () => {
  const simulator = await simulate();
  const machine = await startMachine(COMMAND);
  onTestFinished(() => machine[Symbol.asyncDispose]());
  const printed: string[] = [];
  const servers = ["--issuer", simulator.issuer, "--base-url", simulator.apiBaseUrl];
  const run = async (...argv: readonly string[]): Promise<void> => {
    const pages: Promise<void>[] = [];
    const { stdout, stderr } = await machine.run(argv, {
      env: { AXIO_DEBUG: "1", DEBUG: "*" },
      async openBrowser(url) {
        pages.push(browse(url));
        return true;
      },
    });
    await Promise.allSettled(pages);
    printed.push(stdout, stderr);
  };
  for (const json of [[], ["--json"]]) {
    await run("login", "--issuer", simulator.issuer, ...json);
    await run("login", "--issuer", simulator.issuer, ...json);
    await run("status", ...json);
    await run("ask", ...servers, ...json, "say Hi");
    await run("models", ...servers, ...json);
    await run("usage", ...servers, ...json);
    for (const file of await readdir(machine.home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      if (file.name !== "chatgpt.json") witness.expectNone("a file", await readFile(path, "utf8"));
      expect((await stat(path)).mode & 0o077, path).toBe(0);
    }
    simulator.expireAccessTokens();
    for (const fault of ["server_error", "token_garbage", "refresh_token_reused"]) {
      simulator.faults.add(fault, { target: "token" });
      await run("ask", ...servers, ...json, "say Hi");
      simulator.faults.clear();
    }
    simulator.next("exchange", { idToken: "bad-signature" });
    await run("login", "--issuer", simulator.issuer, ...json);
    await run("login", "--issuer", simulator.issuer, ...json);
    simulator.faults.add("server_error", { target: "revoke", times: 3 });
    await run("logout", "--issuer", simulator.issuer, ...json);
  }
  witness.expectNone("the command", ...printed);
  expect(printed.join("")).toContain("at ");
  expect(witness.secrets.size).toBeGreaterThan(10);
});
