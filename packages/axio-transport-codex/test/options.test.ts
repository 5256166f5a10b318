import { readFile } from "node:fs/promises";
import { MemoryCredentialStore } from "axio-auth";
import { describe, expect, test } from "vitest";
import { VERSION } from "../src/config.ts";
import { CODEX_MODELS, CodexTransport, type CodexTransportOptions } from "../src/index.ts";
import { asking, collect, connection, failureOf, requestsTo, simulate, transportTo } from "./support.ts";

const ACCOUNT = "11111111-1111-4111-8111-111111111111";

/** Returns a token with these claims and an invalid signature. */
function tokenWith(claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "none" })}.${encode(claims)}.c2ln`;
}

test("requests state the version of the package", async () => {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(manifest.version);
});

/** Options that the types do not allow. */
function fromJavaScript(options: object): CodexTransportOptions {
  return { accessToken: "opaque", accountId: ACCOUNT, ...options };
}

/** A value that is no options object. */
function asOptions(value: unknown): CodexTransportOptions {
  return value as CodexTransportOptions;
}

test("credentials can be spread into the options", async () => {
  const simulator = await simulate();
  const { credentials: _, ...base } = connection(simulator);
  const transport = new CodexTransport({ ...base, ...simulator.issueCredentials(), model: "gpt-5.5" });
  expect((await collect(transport.stream(asking("say Hi")))).at(-1)?.type).toBe("step-end");
});

describe("the constructor rejects", () => {
  const token = { accessToken: "opaque", accountId: ACCOUNT };
  const cases: readonly (readonly [what: string, options: CodexTransportOptions, message: RegExp])[] = [
    ["plain http to another machine", { baseUrl: "http://example.test/codex" }, /must begin with https/],
    ["a password in the URL", { baseUrl: "https://me:secret@example.test" }, /user name or a password/],
    ["an invalid URL", { baseUrl: "chatgpt.com" }, /is not a URL/],
    ["an empty model", { model: " " }, /model's name is empty/],
    [
      "a maxRetries of an unset variable",
      { ...token, retry: { maxRetries: Number.NaN } },
      /maxRetries is NaN/,
    ],
    ["a negative duration", { ...token, idleTimeoutMs: -1 }, /idleTimeoutMs is -1/],
    [
      "an unknown option",
      fromJavaScript({ maxRetries: 3 }),
      /^CodexTransport has no option "maxRetries"\. Did you mean "retry"\?$/,
    ],
    ["a misspelled option", fromJavaScript({ modle: "x" }), /Did you mean "model"\?$/],
    ["an option that no name resembles", fromJavaScript({ color: 1 }), /Its options are: name, /],
    ["a string instead of options", asOptions("gpt-5.5"), /^The options of CodexTransport are not an object/],
    ["null instead of options", asOptions(null), /^The options of CodexTransport are not an object/],
    ["a number as model", fromJavaScript({ model: 5 }), /"model" of CodexTransport is not the id of a model/],
    [
      "a number as token",
      fromJavaScript({ accessToken: 5 }),
      /"accessToken" of CodexTransport is not a string/,
    ],
    ["a number as baseUrl", fromJavaScript({ baseUrl: 5 }), /"baseUrl" of CodexTransport is not a URL/],
    ["a string as fetch", fromJavaScript({ fetch: "x" }), /"fetch" of CodexTransport is not a function/],
    ["an unknown retry option", fromJavaScript({ retry: { tries: 3 } }), /retry\.tries is no option/],
    ["a store and a token", { ...token, credentials: new MemoryCredentialStore() }, /exclude each other/],
    ["an empty token", { accessToken: "" }, /accessToken is empty/],
    ["an API key", { apiKey: "sk-proj-0123456789abcdef" }, /^This is an API key.*axio-transport-openai/],
    ["an API key as accessToken", { accessToken: "sk-0123456789", accountId: "a" }, /^This is an API key/],
    ["a token without an account", { accessToken: "opaque" }, /names no ChatGPT account/],
    ["an account id of sub or organization", { accessToken: tokenWith(subjectOnly) }, /no ChatGPT account/],
    ["an invalid expiresAt", { ...token, expiresAt: "soon" }, /expiresAt is "soon"/],
    ["a refresh token alone", { refreshToken: "rt", accountId: ACCOUNT }, /accessToken/],
    [
      "an http issuer on another machine",
      { ...token, issuer: "http://auth.example.test" },
      /must begin with https/,
    ],
  ];

  test.each(cases)("%s", async (_what, options, message) => {
    const error = await failureOf(() => new CodexTransport(options));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("secret");
  });
});

const subjectOnly = {
  sub: "auth0|user",
  "https://api.openai.com/auth": { organization_id: "org-1", organizations: [{ id: "org-1" }] },
};

describe("credentials given as options", () => {
  test("take the account from the token, also if its payload contains - and _", async () => {
    const simulator = await simulate();
    const token = tokenWith({
      name: "ÿ>?~~ ȿȿ",
      "https://api.openai.com/auth": { chatgpt_account_id: ACCOUNT },
    });
    expect(token).toMatch(/\..*-.*\./);
    expect(token).toMatch(/\..*_.*\./);
    const { credentials: _, ...rest } = connection(simulator);
    const transport = new CodexTransport({ ...rest, accessToken: token, model: "gpt-5.5" });
    await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(requestsTo(simulator, "/responses")[0]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      "chatgpt-account-id": ACCOUNT,
    });
  });

  test("an expiresAt that was stored as text refreshes the token in time", async () => {
    const simulator = await simulate();
    const { accessToken, refreshToken, accountId } = simulator.issueCredentials();
    const { credentials: _, ...rest } = connection(simulator);
    const expiresAt = String(Math.floor(Date.now() / 1000) - 10);
    const transport = new CodexTransport({
      ...rest,
      apiKey: accessToken,
      refreshToken,
      accountId,
      expiresAt,
      model: "gpt-5.5",
    });
    await collect(transport.stream(asking("say Hi")));
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("an empty accountId counts as omitted", async () => {
    const simulator = await simulate();
    const { accessToken } = simulator.issueCredentials();
    const { credentials: _, ...rest } = connection(simulator);
    const transport = new CodexTransport({ ...rest, accessToken, accountId: "", model: "gpt-5.5" });
    await expect(collect(transport.stream(asking("say Hi")))).resolves.toBeDefined();
  });

  test("stored credentials without an account id use that of the token", async () => {
    const simulator = await simulate();
    const transport = new CodexTransport({
      ...connection(simulator, { ...simulator.issueCredentials(), accountId: "" }),
      model: "gpt-5.5",
    });
    await expect(collect(transport.stream(asking("say Hi")))).resolves.toBeDefined();
  });
});

test("without a sign-in a call fails as unauthenticated, and names the login command", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { credentials: new MemoryCredentialStore() });
  const error = await failureOf(collect(transport.stream(asking("say Hi"))));
  expect(error.code).toBe("unauthenticated");
  expect(error.message).toContain("npx axio-codex login");
  expect(requestsTo(simulator, "/responses")).toHaveLength(0);
});

test("the built-in models are those of the table", () => {
  const table = [...CODEX_MODELS]
    .slice(0, 8)
    .map(({ id, contextWindow, maxOutputTokens, capabilities }) => [
      id,
      contextWindow,
      maxOutputTokens,
      [...capabilities].sort().join(" "),
    ]);
  expect(table).toEqual([
    ["gpt-4.1", 1_047_576, 32_768, "text tool-use vision"],
    ["gpt-4.1-mini", 1_047_576, 32_768, "text tool-use vision"],
    ["gpt-4.1-nano", 1_047_576, 32_768, "text tool-use"],
    ["gpt-4o", 128_000, 16_384, "text tool-use vision"],
    ["gpt-4o-mini", 128_000, 16_384, "text tool-use vision"],
    ["o4-mini", 200_000, 100_000, "reasoning text tool-use"],
    ["o3", 200_000, 100_000, "reasoning text tool-use"],
    ["o3-mini", 200_000, 100_000, "reasoning text tool-use"],
  ]);
  expect([...CODEX_MODELS].every(({ capabilities }) => capabilities.includes("tool-use"))).toBe(true);
});
