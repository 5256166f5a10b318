import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { inspect } from "node:util";
import { AxioError, type JsonObject } from "axio";
import { needs, POSIX } from "test-support/requirements";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CredentialFormat, defaultCredentialsPath, FileCredentialStore } from "../src/index.ts";
import { homeDir } from "../src/internal.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";

const CREDENTIALS: Credentials = {
  accessToken: "secret-access",
  refreshToken: "secret-refresh",
  expiresAt: 1_800_000_000,
  accountId: "account-1",
};

let directory = "";
let path = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "axio-store-"));
  path = join(directory, "axio", "codex.json");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const openStore = (at = path) => new FileCredentialStore({ path: at, format: FORMAT });
const save = (credentials: Credentials | undefined, at = path) =>
  openStore(at).update(async () => credentials);
const mode = (at: string): string => (statSync(at).mode & 0o777).toString(8);
const put = (text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
};

describe("FileCredentialStore", () => {
  it("deletes the file if the change returns undefined", async () => {
    await save(CREDENTIALS);
    await save(undefined);
    expect(await openStore().load()).toBeUndefined();
    expect(readdirSync(dirname(path))).toEqual([]);
    expect(await save(undefined)).toBeUndefined();
  });

  it("does not write if the change returns the given value or throws", async () => {
    await save(CREDENTIALS);
    const before = statSync(path);
    expect(await openStore().update(async (current) => current)).toEqual(CREDENTIALS);
    await expect(
      openStore().update(async () => {
        throw new AxioError("refresh-failed", "No.");
      }),
    ).rejects.toMatchObject({ code: "refresh-failed" });
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("counts the writes in the generation", async () => {
    await save(CREDENTIALS);
    await save({ ...CREDENTIALS, expiresAt: 5 });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 1, generation: 2 });
  });
});

describe("the mode of files and directories", needs(POSIX), () => {
  it("restricts the file and new directories to the owner", async () => {
    await save(CREDENTIALS, join(directory, "new", "axio", "codex.json"));
    expect(mode(join(directory, "new", "axio", "codex.json"))).toBe("600");
    expect(mode(join(directory, "new", "axio"))).toBe("700");
  });

  it("ignores a wide umask, and keeps the mode of an existing directory", async () => {
    const umask = process.umask(0);
    chmodSync(directory, 0o755);
    await save(CREDENTIALS, join(directory, "codex.json"));
    process.umask(umask);
    expect(mode(join(directory, "codex.json"))).toBe("600");
    expect(mode(directory)).toBe("755");
  });

  it("restricts a wider mode of the file when reading and writing", async () => {
    await save(CREDENTIALS);
    chmodSync(path, 0o644);
    await openStore().load();
    expect(mode(path)).toBe("600");
    chmodSync(path, 0o666);
    await openStore().update(async (current) => current);
    expect(mode(path)).toBe("600");
  });

  it("restricts a wider mode of axio's own directory", async () => {
    vi.stubEnv("XDG_CONFIG_HOME", directory);
    mkdirSync(join(directory, "axio"), { mode: 0o755 });
    await save(CREDENTIALS, defaultCredentialsPath("codex"));
    expect(mode(join(directory, "axio"))).toBe("700");
  });
});

describe("an unusable file", () => {
  it.each([
    ["an empty file", "", "interrupted"],
    ["a truncated file", '{"version": 1, "credentials": {"accessToken": "secret-acc', "interrupted"],
    ["no JSON", "secret-access", "not JSON"],
    ["no object", '["secret-access"]', "not a JSON object"],
    ["a newer version", '{"version": 2, "credentials": {"accessToken": "secret-access"}}', "version 2"],
    ["no credentials", '{"version": 1}', "missing"],
    ["no token", '{"version": 1, "credentials": {"accountId": "secret-account"}}', "neither an access token"],
  ])("causes an error with the path and without secrets: %s", async (_, text, message) => {
    put(text);
    for (const call of [() => openStore().load(), () => save(CREDENTIALS)]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "credentials-malformed",
        message: expect.stringContaining(message),
      });
      expect(inspect(error, { depth: 9 })).toContain(path);
      expect(inspect(error, { depth: 9 })).not.toContain("secret-");
    }
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("is read again while another program writes it", async () => {
    put("");
    const reading = openStore().load();
    setTimeout(() => put(JSON.stringify({ version: 1, credentials: CREDENTIALS })), 20);
    expect(await reading).toEqual(CREDENTIALS);
  });

  it("may be a directory", async () => {
    mkdirSync(path, { recursive: true });
    await expect(openStore().load()).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("A directory has the name of the file"),
    });
    await expect(save(CREDENTIALS)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  it("may be in a path through another file", async () => {
    writeFileSync(join(directory, "axio"), "");
    await expect(save(CREDENTIALS)).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("instead of a directory"),
    });
  });
});

describe("an older file without a version", () => {
  it.each(["api_key", "access_token"])("is read, with %s", async (name) => {
    put(JSON.stringify({ [name]: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" }));
    expect(await openStore().load()).toEqual({
      accessToken: "a",
      refreshToken: "r",
      expiresAt: 1_700_000_000,
      accountId: "x",
    });
  });

  it("is written in the current format with the next change", async () => {
    put(JSON.stringify({ api_key: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" }));
    await openStore().update(async (current) => current && { ...current, accessToken: "b" });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      version: 1,
      credentials: { accessToken: "b", refreshToken: "r" },
    });
  });
});

describe("a symbolic link", () => {
  it("stays, and its target is changed", async () => {
    const real = join(directory, "dotfiles", "real.json");
    await save(CREDENTIALS, real);
    mkdirSync(dirname(path));
    symlinkSync(real, path);
    await save({ ...CREDENTIALS, expiresAt: 7 });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(await openStore(real).load()).toMatchObject({ expiresAt: 7 });
    expect(readdirSync(dirname(path))).toEqual(["codex.json"]);
  });

  it("may point to a missing file", async () => {
    const real = join(directory, "elsewhere", "real.json");
    mkdirSync(dirname(path));
    symlinkSync("../elsewhere/real.json", path);
    expect(await openStore().load()).toBeUndefined();
    await save(CREDENTIALS);
    expect(existsSync(real)).toBe(true);
    expect(await openStore().load()).toEqual(CREDENTIALS);
  });

  it("causes an error in a cycle", async () => {
    mkdirSync(dirname(path));
    symlinkSync(path, path);
    await expect(openStore().load()).rejects.toMatchObject({ code: "store-unavailable" });
  });
});

describe("after a crash", () => {
  it("ignores staged files, and removes them with the next change", async () => {
    await save(CREDENTIALS);
    const staged = join(dirname(path), ".codex.json.0123456789abcdef.tmp");
    const foreign = join(dirname(path), "notes.tmp");
    writeFileSync(staged, '{"version": 1, "cred');
    writeFileSync(foreign, "mine");
    expect(await openStore().load()).toEqual(CREDENTIALS);
    await save({ ...CREDENTIALS, expiresAt: 3 });
    expect(existsSync(staged)).toBe(false);
    expect(existsSync(foreign)).toBe(true);
  });
});

describe("with a program that does not use the lock", () => {
  it("repeats the change on the newer value instead of overwriting it", async () => {
    await save(CREDENTIALS);
    const seen: unknown[] = [];
    const result = await openStore().update(async (current) => {
      seen.push(current?.accessToken);
      if (seen.length === 1)
        put(JSON.stringify({ access_token: "foreign", refresh_token: "f", expires_at: 9 }));
      return current && { ...current, email: "kim@example.test" };
    });
    expect(seen).toEqual(["secret-access", "foreign"]);
    expect(result).toMatchObject({ accessToken: "foreign", email: "kim@example.test" });
  });

  it("throws store-locked if that happens repeatedly", async () => {
    let attempt = 0;
    await expect(
      openStore().update(async () => {
        attempt += 1;
        put(JSON.stringify({ access_token: `foreign-${attempt}` }));
        return CREDENTIALS;
      }),
    ).rejects.toMatchObject({ code: "store-locked" });
    expect(attempt).toBeLessThan(10);
  });
});

describe("the format of another program", () => {
  const format: CredentialFormat<{ readonly token: string }> = {
    decode: ({ token }) => (typeof token === "string" ? { token } : undefined),
    encode(credentials, previous) {
      const { token: _, ...others } = previous ?? {};
      const document: JsonObject = { ...others, ...credentials };
      return Object.keys(document).length === 0 ? undefined : document;
    },
  };

  it("preserves foreign properties, even when signing out", async () => {
    put('{"API_KEY": "k", "token": "t1"}');
    const store = new FileCredentialStore({ path, format });
    expect(await store.load()).toEqual({ token: "t1" });
    await store.update(async () => ({ token: "t2" }));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ API_KEY: "k", token: "t2" });
    await store.update(async () => undefined);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ API_KEY: "k" });
    expect(await store.load()).toBeUndefined();
  });
});

describe("defaultCredentialsPath", () => {
  it.each([
    ["linux", {}, "/home/a/.config/axio/codex.json"],
    ["linux", { XDG_CONFIG_HOME: "/x" }, "/x/axio/codex.json"],
    ["linux", { XDG_CONFIG_HOME: "relative" }, "/home/a/.config/axio/codex.json"],
    ["darwin", {}, "/home/a/Library/Application Support/axio/codex.json"],
    ["darwin", { XDG_CONFIG_HOME: "/x" }, "/x/axio/codex.json"],
    ["win32", { APPDATA: "C:\\Roaming" }, "C:\\Roaming\\axio\\codex.json"],
  ] as const)("on %s with %o", (platform, env, expected) => {
    expect(defaultCredentialsPath("codex", { platform, env: { HOME: "/home/a", ...env } })).toBe(expected);
  });

  it.each(["", "relative"])("is never relative to the working directory: HOME=%j", needs(POSIX), (home) => {
    vi.stubEnv("HOME", home);
    vi.stubEnv("XDG_CONFIG_HOME", undefined);
    expect(isAbsolute(defaultCredentialsPath("codex"))).toBe(true);
    expect(isAbsolute(homeDir())).toBe(true);
  });
});
