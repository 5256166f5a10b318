import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ApiKeySession, describeApiKey, MemoryCredentialStore, readApiKey } from "../../src/index.ts";

const KEY = "sk-proj-0123456789abcdefWXYZ";

describe("a key is read as users paste it", () => {
  test.each([
    ["blanks around it", `  ${KEY}\t`],
    ["line breaks around it", `\r\n${KEY}\n\n`],
    ["a line break inside, as terminals wrap lines", `${KEY.slice(0, 12)}\r\n  ${KEY.slice(12)}`],
    ["quotes", `"${KEY}"`],
    ["single quotes and a semicolon", `'${KEY}';`],
    ["typographic quotes", `“${KEY}”`],
    ["the name of the variable", `OPENAI_API_KEY=${KEY}`],
    ["a line of a shell", `export OPENAI_API_KEY="${KEY}"`],
    ["a line of PowerShell", `$env:OPENAI_API_KEY = "${KEY}"`],
    ["a header", `Authorization: Bearer ${KEY}`],
    ["Anthropic's header", `x-api-key: ${KEY}`],
    ["the marks of a bracketed paste", `\u001b[200~${KEY}\u001b[201~`],
    ["a byte order mark and a zero-width space", `\ufeff${KEY}\u200b`],
  ])("with %s", (_name, text) => {
    expect(readApiKey(text)).toBe(KEY);
  });

  test.each([
    ["nothing", ""],
    ["blanks", " \n "],
    ["quotes around nothing", '""'],
    ["words", "my key is secret"],
    ["other letters", `${KEY}é`],
    ["bullets that a web page shows in place of a key", "sk-••••••••abcd"],
  ])("%s is no key, and the error does not quote it", (_name, text) => {
    const problem = (() => {
      try {
        return readApiKey(text);
      } catch (error) {
        return error;
      }
    })();
    expect(problem).toMatchObject({ code: "invalid-argument" });
    if (text.trim().length > 3) expect(String(problem)).not.toContain(text.trim());
  });
});

test("at most the last four characters of a key are shown, and nothing of a short one", () => {
  expect(describeApiKey(KEY)).toBe("API key …WXYZ");
  expect(describeApiKey("local-key")).toBe("API key");
});

const variables = ["FIRST_KEY", "SECOND_KEY"];
const options = { variables, env: {}, hint: "Run login." };

test("the option counts before the environment, and the environment before the store", async () => {
  const store = new MemoryCredentialStore({ apiKey: "stored" });
  const env = { FIRST_KEY: "  ", SECOND_KEY: " variable\n" };
  expect((await new ApiKeySession({ ...options, env, store, apiKey: "given" }).get()).apiKey).toBe("given");
  expect((await new ApiKeySession({ ...options, env, store }).get()).apiKey).toBe("variable");
  expect((await new ApiKeySession({ ...options, store }).get()).apiKey).toBe("stored");
});

test("without any key, the error says how to get one, unless the server needs none", async () => {
  await expect(new ApiKeySession(options).get()).rejects.toMatchObject({
    code: "unauthenticated",
    message: "There is no API key. Run login.",
  });
  expect(await new ApiKeySession({ ...options, isOptional: true }).get()).toMatchObject({ apiKey: "" });
});

test("a variable that holds no key is an error that names the variable", async () => {
  await expect(
    new ApiKeySession({ ...options, env: { FIRST_KEY: "not a key" } }).get(),
  ).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining("FIRST_KEY"),
  });
});

test.each([
  ["sk-ant-api03-abc", "Anthropic"],
  ["sk-or-v1-abc", "OpenRouter"],
  ["gsk_abc", "Groq"],
  ["xai-abc", "xAI"],
  ["AIzaSyabc", "Google"],
  ["hf_abc", "Hugging Face"],
])("the key %s of another provider is not sent, wherever it comes from", async (apiKey, owner) => {
  const problem = { code: "invalid-argument", message: expect.stringContaining(owner) };
  expect(() => new ApiKeySession({ ...options, owner: "OpenAI", apiKey })).toThrow(
    expect.objectContaining(problem),
  );
  const store = new MemoryCredentialStore({ apiKey });
  await expect(new ApiKeySession({ ...options, owner: "OpenAI", store }).get()).rejects.toMatchObject(
    problem,
  );
  const env = { FIRST_KEY: apiKey };
  await expect(new ApiKeySession({ ...options, owner: "OpenAI", env }).get()).rejects.toMatchObject(problem);
  expect(await new ApiKeySession({ ...options, store }).get()).toMatchObject({ apiKey });
});

test("after a 401, a key that was stored meanwhile is used, and otherwise none", async () => {
  const store = new MemoryCredentialStore({ apiKey: "old" });
  const session = new ApiKeySession({ ...options, store });
  const rejected = await session.get();
  expect(await session.handleUnauthorized(rejected)).toBeUndefined();
  await store.update(async () => ({ apiKey: "new" }));
  expect(await session.handleUnauthorized(rejected)).toMatchObject({ apiKey: "new" });
});

test("a key does not appear in a log of the credentials", async () => {
  expect(inspect(await new ApiKeySession({ ...options, apiKey: KEY }).get())).not.toContain(KEY);
});
