import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoginProgress } from "axio/plugin";
import { FileCredentialStore, MemoryCredentialStore } from "axio-auth";
import { bundleScript } from "test-support/bundle-script";
import { type SecretWitness, watchFetch } from "test-support/secret-witness";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  AuthJsonStore,
  CODEX_CREDENTIAL_FORMAT,
  CodexTransport,
  type Credentials,
  login,
  logout,
} from "../src/index.ts";
import { approveInBrowser, createMachine, pointAt } from "./cli/support.ts";
import { FAILURES } from "./sign-in-failures.ts";
import { asking, collect, connection, failureOf, simulate, transportTo } from "./support.ts";

let witness: SecretWitness;
beforeEach(() => {
  witness = watchFetch();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** Records the messages of the diagnostic channels. */
function listen(): readonly unknown[] {
  const messages: unknown[] = [];
  const listener = (message: unknown): void => void messages.push(message);
  const names = ["request", "first-event", "retry", "refresh", "end"].map((name) => `axio:${name}`);
  for (const name of names) subscribe(name, listener);
  onTestFinished(() => {
    for (const name of names) unsubscribe(name, listener);
  });
  return messages;
}

describe("a sign-in, a request, a refresh and a sign-out show no token, code or verifier", () => {
  test.each(["browser", "device"] as const)(
    "with %s: progress, credentials, stores, transport, channels",
    async (method) => {
      const simulator = await simulate({ deviceIntervalSeconds: 1 });
      const machine = await createMachine();
      onTestFinished(() => machine[Symbol.asyncDispose]());
      const messages = listen();
      const progress: LoginProgress[] = [];
      const path = join(machine.home, "axio", "codex.json");
      const stores = [
        new FileCredentialStore<Credentials>({ path, format: CODEX_CREDENTIAL_FORMAT }),
        new AuthJsonStore({ codexHome: join(machine.home, "codex") }),
        new MemoryCredentialStore<Credentials>(),
      ];
      for (const store of stores) {
        const warnings: unknown[] = [];
        const credentials = await login({
          store,
          method,
          issuer: simulator.issuer,
          ports: [0],
          openBrowser: async (url) => {
            void signInAsBrowser(url);
            return true;
          },
          onProgress: (step) => {
            progress.push(step);
            if (step.type === "device-code") simulator.decideDevice(step.userCode);
          },
        });
        simulator.expireAccessTokens();
        const transport = new CodexTransport({
          ...connection(simulator),
          credentials: store,
          model: "gpt-5.5",
          onWarning: (warning) => warnings.push(warning),
          onAuthRefresh: (fresh) => void warnings.push(fresh),
        });
        const events = await collect(
          transport.stream(asking("think a bit\nsay Hi\nfail eof at=text attempts=1")),
        );
        await transport.fetchRateLimits();
        witness.expectNone("the transport", transport, events, warnings, messages);
        witness.expectNone("the store", store, credentials, await store.load());
        witness.expectNone("the sign-out", await logout({ store, issuer: simulator.issuer }));
      }
      witness.expectNone("the progress", progress, JSON.stringify(progress));
      // Access, refresh and ID tokens, codes and verifiers.
      expect(witness.secrets.size).toBeGreaterThan(15);
      expect(messages.length).toBeGreaterThan(5);
    },
  );

  test("with a token as an option: transport and errors", async () => {
    const simulator = await simulate();
    const { accessToken, refreshToken, accountId } = simulator.issueCredentials();
    witness.add(accessToken, refreshToken);
    const { baseUrl, issuer } = simulator;
    const transport = new CodexTransport({ accessToken, refreshToken, accountId, baseUrl, issuer });
    await transport.fetchModels();
    const invalid = new CodexTransport({
      accessToken: `${accessToken}\nx`,
      accountId,
      baseUrl,
      issuer,
      retry: { maxRetries: 0 },
    });
    const error = await failureOf(invalid.fetchRateLimits());
    witness.expectNone("the transport", transport, invalid, error);
    witness.expectNone(
      "the option's error",
      await failureOf(() => new CodexTransport({ accessToken, expiresAt: "soon" })),
      await failureOf(() => new CodexTransport({ refreshToken })),
    );
  });
});

describe("a failure shows no secret in message, stack, causes and details", () => {
  test.each(Object.entries(FAILURES))("%s", async (_name, drive) => {
    const messages = listen();
    witness.expectNone("the failure", await drive(), messages);
  });

  /** A server or proxy that repeats the request. */
  const echo: typeof fetch = async (input, init) => {
    const response = await witness.fetch(input, init);
    if (
      response.ok &&
      !String(input).endsWith("/oauth/token") &&
      !/responses|deviceauth\/token/.test(String(input))
    )
      return response;
    const message = `You sent ${String(init?.body)} and ${new Headers(init?.headers).get("authorization")}.`;
    return Response.json({ error: { message, code: message } }, { status: 400 });
  };

  test.each(["browser", "device"] as const)("if the server repeats the request: %s", async (method) => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const progress: unknown[] = [];
    const error = await failureOf(
      login({
        store: new MemoryCredentialStore(),
        method,
        issuer: simulator.issuer,
        ports: [0],
        fetch: echo,
        openBrowser: async (url) => {
          void signInAsBrowser(url);
          return true;
        },
        onProgress: (step) => progress.push(step),
      }),
    );
    witness.expectNone("the error", error, progress);
  });

  test("if a stream repeats the request, after a line break and in bold", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, {
      retry: { maxRetries: 0 },
      fetch: async (input, init) => {
        await witness.fetch(input, init).then((response) => response.body?.cancel());
        const [, token] = new Headers(init?.headers).get("authorization")?.split(" ") ?? [];
        const error = {
          code: `no\n${token}`,
          message: `\u001b[1mYou sent\n${token}\n${"x".repeat(10_000)}`,
          token,
        };
        const event = { type: "response.failed", response: { error } };
        return new Response(`data: ${JSON.stringify(event)}\n\n`, {
          headers: { "content-type": "text/event-stream" },
        });
      },
    });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    witness.expectNone("the error", error);
    expect(error.message).toContain("[hidden]");
    expect(error.message).not.toContain("\u001b");
    expect(error.message.length).toBeLessThan(1_000);
  });

  test("if the server repeats the request: refresh, request, sign-out", async () => {
    const simulator = await simulate();
    const messages = listen();
    for (const lifetimeSeconds of [-10, 9_000]) {
      const store = new MemoryCredentialStore<Credentials>(simulator.issueCredentials({ lifetimeSeconds }));
      const transport = new CodexTransport({
        ...connection(simulator),
        credentials: store,
        fetch: echo,
        model: "gpt-5.5",
        retry: { maxRetries: 0 },
      });
      witness.expectNone("the error", await failureOf(collect(transport.stream(asking("say Hi")))), messages);
      const failing: typeof fetch = async (input, init) => {
        await witness.fetch(input, init);
        return Response.json({ error: `You sent ${String(init?.body)}.` }, { status: 400 });
      };
      const result = await logout({ store, issuer: simulator.issuer, fetch: failing });
      expect(result.revoked).toBe(false);
      witness.expectNone("the sign-out", result);
    }
  });
});

describe("a WebSocket shows no secret", () => {
  test("in warm-up, responses, refreshes and failures: events, warnings, transport, channels", async () => {
    const simulator = await simulate();
    const messages = listen();
    const tokens = simulator.issueCredentials();
    witness.add(tokens.accessToken, tokens.refreshToken, tokens.idToken);
    const warnings: unknown[] = [];
    const options = {
      onWarning: (warning: unknown) => warnings.push(warning),
      transport: "websocket",
    } as const;
    using transport = transportTo(simulator, { ...connection(simulator, tokens), ...options });
    await transport.warmUp({ system: "You are a test.", tools: [], conversationId: "c" });
    const ask = (prompt: string): Promise<unknown> =>
      collect(transport.stream(asking(prompt, { conversationId: "c" })));
    const events = [await ask("say Hi"), await ask("say Hi\nfail close at=text attempts=1")];
    simulator.expireAccessTokens();
    transport.close();
    events.push(await ask("say Hi"));
    simulator.faults.add("token_expired");
    events.push(await ask("say Hi"));
    witness.expectNone("the open transport", transport);
    simulator.faults.add("html_page", { target: "upgrade" });
    events.push(await collect(transport.stream(asking("say Hi", { conversationId: "d" }))));
    expect(warnings).toHaveLength(1);
    expect(simulator.stats.refreshes).toBe(2);
    expect(messages.length).toBeGreaterThan(5);
    witness.expectNone("the transport", transport, events, warnings, messages);
  });

  test.each<[string, string, (token: string) => { readonly [name: string]: string }]>([
    ["with a status in a message", "status", (token) => ({ status: "400", message: `You sent ${token}` })],
    ["with a server error in a message", "status", (token) => ({ status: "500", message: `Sent ${token}` })],
    ["in a failed response", "failed", (token) => ({ code: token, message: `Bearer ${token}` })],
    ["in a close reason", "close", (token) => ({ code: "1011", reason: token.slice(0, 100) })],
  ])("if the server repeats the request: %s", async (_name, name, parameters) => {
    const simulator = await simulate();
    const messages = listen();
    const tokens = simulator.issueCredentials();
    const { accessToken, refreshToken } = tokens;
    witness.add(accessToken, accessToken.slice(0, 100), refreshToken);
    const options = {
      ...connection(simulator, tokens),
      transport: "websocket",
      retry: { maxRetries: 0 },
    } as const;
    using transport = transportTo(simulator, options);
    simulator.faults.add({ name, parameters: parameters(accessToken) });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    witness.expectNone("the error", error, messages);
    expect(error.message).toContain("[hidden]");
  });

  test.each(["400", "500"])("if the server repeats the request: at the upgrade, with %s", async (status) => {
    const simulator = await simulate();
    const messages = listen();
    const warnings: unknown[] = [];
    const tokens = simulator.issueCredentials();
    witness.add(tokens.accessToken, tokens.refreshToken);
    using transport = transportTo(simulator, {
      ...connection(simulator, tokens),
      transport: "websocket",
      onWarning: (warning) => warnings.push(warning),
      onRetry: (retry) => warnings.push(retry.error),
    });
    const fault = { name: "status", parameters: { status, message: `You sent ${tokens.accessToken}` } };
    simulator.faults.add(fault, { target: "upgrade", times: 5 });
    await collect(transport.stream(asking("say Hi")));
    expect(warnings.length).toBeGreaterThan(0);
    witness.expectNone("what is messages", warnings, ...warnings, messages);
  });
});

describe("the command shows no secret, with AXIO_DEBUG and --json", () => {
  test("in its output, and in files other than that of the sign-in, all of which have mode 0600", async () => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const machine = await createMachine();
    onTestFinished(() => machine[Symbol.asyncDispose]());
    const env = { AXIO_DEBUG: "1", DEBUG: "*", NODE_DEBUG: "http,net,fetch,undici" };
    const printed: string[] = [];
    const run = async (...argv: readonly string[]): Promise<void> => {
      const { stdout, stderr } = await machine.run(argv, {
        env,
        async openBrowser(url) {
          const callback = await approveInBrowser(url);
          witness.add(new URL(callback).searchParams.get("code") ?? "");
          void fetch(callback).then((response) => response.text());
          return true;
        },
      });
      printed.push(stdout, stderr);
    };
    const { issuer } = simulator;
    for (const json of [[], ["--json"]]) {
      const options = [...pointAt(simulator), ...json];
      await run("login", "--browser", "--issuer", issuer, ...json);
      await run("status", ...json);
      await run("ask", "--model", "gpt-5.5", ...options, "say Hi");
      await run("ask", "--transport", "websocket", ...options, "say Hi\nfail close at=text attempts=1");
      await run("models", ...options);
      await run("usage", ...options);
      for (const fault of [
        "unauthorized",
        "usage_limit_reached",
        "cloudflare_challenge",
        "redirect_elsewhere",
      ]) {
        simulator.faults.add(fault, { times: 2 });
        await run("ask", "--model", "gpt-5.5", ...options, "say Hi");
        simulator.faults.clear();
        simulator.faults.add(fault, { target: "upgrade" });
        await run("ask", "--model", "gpt-5.5", "--transport", "websocket", ...options, "say Hi");
        simulator.faults.clear();
      }
      const contents: string[] = [];
      for (const file of await readdir(machine.home, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const path = join(file.parentPath, file.name);
        if (file.name !== "codex.json") contents.push(await readFile(path, "utf8"));
        expect((await stat(path)).mode & 0o077, path).toBe(0);
      }
      witness.expectNone("a file", ...contents);
      simulator.expireAccessTokens();
      for (const fault of ["refresh_token_reused", "server_error", "token_garbage", "reset_before_headers"]) {
        simulator.faults.add(fault, { target: "token" });
        await run("usage", ...options);
      }
      simulator.faults.add("server_error", { target: "revoke" });
      await run("logout", "--issuer", issuer, ...json);
      simulator.faults.add("invalid_grant", { target: "token" });
      await run("login", "--browser", "--issuer", issuer, ...json);
    }
    witness.expectNone("the command", ...printed);
    expect(printed.join("")).toContain("at ");
    expect(witness.secrets.size).toBeGreaterThan(10);
  });
});

describe("an uncaught error shows no secret", () => {
  const options = (simulator: { readonly baseUrl: string; readonly issuer: string }): string =>
    `{ credentials: store, baseUrl: ${JSON.stringify(simulator.baseUrl)}, issuer: ${JSON.stringify(simulator.issuer)}, model: "gpt-5.5", retry: { maxRetries: 0 } }`;

  test.each([
    ["of a rejected refresh", "transport.fetchRateLimits()", "refresh_token_reused"],
    ["of a broken refresh", "transport.fetchRateLimits()", "reset_before_headers"],
    [
      "with transport and store as properties",
      'Promise.reject(Object.assign(new Error("crash"), { transport, store }))',
      "none",
    ],
  ])("%s", async (_, failing, fault) => {
    const simulator = await simulate();
    const machine = await createMachine();
    onTestFinished(() => machine[Symbol.asyncDispose]());
    const issued = simulator.issueCredentials({ lifetimeSeconds: -10 });
    witness.add(issued.accessToken, issued.refreshToken, issued.idToken);
    const path = join(machine.home, "codex.json");
    await writeFile(path, JSON.stringify(issued), { mode: 0o600 });
    if (fault !== "none") simulator.faults.add(fault, { target: "token" });
    const code = `
      import { FileCredentialStore } from "axio-auth";
      import { CodexTransport, CODEX_CREDENTIAL_FORMAT } from "axio-transport-codex";
      const store = new FileCredentialStore({ path: ${JSON.stringify(path)}, format: CODEX_CREDENTIAL_FORMAT });
      const transport = new CodexTransport(${options(simulator)});
      console.log(transport, store, await store.load());
      await ${failing};
    `;
    const script = await bundleScript({ code, directory: import.meta.dirname });
    const env = { PATH: process.env["PATH"], HOME: machine.home, DEBUG: "*", NODE_DEBUG: "fetch,undici" };
    const crash = await new Promise<string>((resolve) => {
      execFile(process.execPath, [script], { env, cwd: import.meta.dirname }, (error, stdout, stderr) =>
        resolve(`${error?.code} ${stdout} ${stderr}`),
      );
    });
    expect(crash).toMatch(/^1 [\s\S]*Error/);
    witness.expectNone("the crash", crash);
  });
});
