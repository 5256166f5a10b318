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
import { type Credentials, parseCredentials } from "./support/credentials.ts";

const CREDENTIALS: Credentials = {
  accessToken: "secret-access",
  refreshToken: "secret-refresh",
  expiresAt: 1_800_000_000,
  accountId: "account-1",
};

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "axio-store-"));
  path = join(folder, "axio", "codex.json");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const openStore = (at = path) => new FileCredentialStore({ path: at, parse: parseCredentials });
const save = (credentials: Credentials | undefined, at = path) =>
  openStore(at).update(async () => credentials);
const mode = (at: string): string => (statSync(at).mode & 0o777).toString(8);
const put = (text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
};

describe("what is saved", () => {
  it("is read again by another store", async () => {
    expect(await openStore().load()).toBeUndefined();
    expect(await save(CREDENTIALS)).toEqual(CREDENTIALS);
    expect(await openStore().load()).toEqual(CREDENTIALS);
  });

  it("is deleted by undefined, and nothing of it stays", async () => {
    await save(CREDENTIALS);
    await save(undefined);
    expect(await openStore().load()).toBeUndefined();
    expect(readdirSync(dirname(path))).toEqual(["codex.json.axio-lock"]);
    expect(await save(undefined)).toBeUndefined();
  });

  it("stays untouched where the change gives back what it got, or throws", async () => {
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

  it("counts its generations", async () => {
    await save(CREDENTIALS);
    await save({ ...CREDENTIALS, expiresAt: 5 });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 1, generation: 2 });
  });

  it("does not show in a log", async () => {
    await save(CREDENTIALS);
    const store = openStore();
    const shown = inspect([store, await store.load()], { depth: 9, showHidden: true });
    expect(shown).not.toContain("secret-");
  });
});

describe("who may read it", needs(POSIX), () => {
  it("is the owner alone: the file, and the folders that were made for it", async () => {
    await save(CREDENTIALS, join(folder, "new", "axio", "codex.json"));
    expect(mode(join(folder, "new", "axio", "codex.json"))).toBe("600");
    expect(mode(join(folder, "new", "axio"))).toBe("700");
  });

  it("is the owner alone also under a wide umask and beside a folder that others may read", async () => {
    const umask = process.umask(0);
    chmodSync(folder, 0o755);
    await save(CREDENTIALS, join(folder, "codex.json"));
    process.umask(umask);
    expect(mode(join(folder, "codex.json"))).toBe("600");
    expect(mode(folder)).toBe("755");
  });

  it("is tightened where a file is wider, by reading as by writing", async () => {
    await save(CREDENTIALS);
    chmodSync(path, 0o644);
    await openStore().load();
    expect(mode(path)).toBe("600");
    chmodSync(path, 0o666);
    await openStore().update(async (current) => current);
    expect(mode(path)).toBe("600");
  });

  it("is tightened where axio's own folder is wider", async () => {
    vi.stubEnv("XDG_CONFIG_HOME", folder);
    mkdirSync(join(folder, "axio"), { mode: 0o755 });
    await save(CREDENTIALS, defaultCredentialsPath("codex"));
    expect(mode(join(folder, "axio"))).toBe("700");
  });
});

describe("what makes no sense", () => {
  it.each([
    ["an empty file", "", "cut off"],
    ["a file that was cut off", '{"version": 1, "credentials": {"accessToken": "secret-acc', "cut off"],
    ["no JSON", "secret-access", "not JSON"],
    ["no object", '["secret-access"]', "not a JSON object"],
    ["a newer version", '{"version": 2, "credentials": {"accessToken": "secret-access"}}', "version 2"],
    ["no credentials", '{"version": 1}', "missing"],
    ["no token", '{"version": 1, "credentials": {"accountId": "secret-account"}}', "neither an access token"],
  ])("is an error that names the file and shows no secret: %s", async (_, text, message) => {
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

  it("is read again where its writer was not done", async () => {
    put("");
    const reading = openStore().load();
    setTimeout(() => put(JSON.stringify({ version: 1, credentials: CREDENTIALS })), 20);
    expect(await reading).toEqual(CREDENTIALS);
  });

  it("is a folder in the place of the file", async () => {
    mkdirSync(path, { recursive: true });
    await expect(openStore().load()).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("folder is in the place"),
    });
    await expect(save(CREDENTIALS)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  it("is a file in the place of the folder", async () => {
    writeFileSync(join(folder, "axio"), "");
    await expect(save(CREDENTIALS)).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("not a folder"),
    });
  });
});

describe("what is older", () => {
  it.each(["api_key", "access_token"])(
    "is read: the four strings of axio for Python, with %s",
    async (name) => {
      put(JSON.stringify({ [name]: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" }));
      expect(await openStore().load()).toEqual({
        accessToken: "a",
        refreshToken: "r",
        expiresAt: 1_700_000_000,
        accountId: "x",
      });
    },
  );

  it("is written in the present form at the next change", async () => {
    put(JSON.stringify({ api_key: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" }));
    await openStore().update(async (current) => current && { ...current, accessToken: "b" });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      version: 1,
      credentials: { accessToken: "b", refreshToken: "r" },
    });
  });
});

describe("a symbolic link", () => {
  it("stays, and what it points to is changed", async () => {
    const real = join(folder, "dotfiles", "real.json");
    await save(CREDENTIALS, real);
    mkdirSync(dirname(path));
    symlinkSync(real, path);
    await save({ ...CREDENTIALS, expiresAt: 7 });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(await openStore(real).load()).toMatchObject({ expiresAt: 7 });
    expect(readdirSync(dirname(path))).toEqual(["codex.json"]);
  });

  it("may point to a file that is not there yet", async () => {
    const real = join(folder, "elsewhere", "real.json");
    mkdirSync(dirname(path));
    symlinkSync("../elsewhere/real.json", path);
    expect(await openStore().load()).toBeUndefined();
    await save(CREDENTIALS);
    expect(existsSync(real)).toBe(true);
    expect(await openStore().load()).toEqual(CREDENTIALS);
  });

  it("that leads in a circle is an error", async () => {
    mkdirSync(dirname(path));
    symlinkSync(path, path);
    await expect(openStore().load()).rejects.toMatchObject({ code: "store-unavailable" });
  });
});

describe("after a crash", () => {
  it("what was staged is ignored, and cleaned away by the next change", async () => {
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

describe("beside a program that knows no lock", () => {
  it("never overwrites what that has written meanwhile: the change runs again, on the newer value", async () => {
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

  it("gives up where that goes on for ever", async () => {
    let turn = 0;
    await expect(
      openStore().update(async () => {
        turn += 1;
        put(JSON.stringify({ access_token: `foreign-${turn}` }));
        return CREDENTIALS;
      }),
    ).rejects.toMatchObject({ code: "store-locked" });
    expect(turn).toBeLessThan(10);
  });
});

describe("a format of another program", () => {
  const format: CredentialFormat<{ readonly token: string }> = {
    decode: ({ token }) => (typeof token === "string" ? { token } : undefined),
    encode(credentials, previous) {
      const { token: _, ...others } = previous ?? {};
      const document: JsonObject = { ...others, ...credentials };
      return Object.keys(document).length === 0 ? undefined : document;
    },
  };

  it("keeps the members that are not ours, also when signing out", async () => {
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

  it.each(["", "relative"])(
    "never lies below the folder that a program happens to be started in: HOME=%j",
    needs(POSIX),
    (home) => {
      vi.stubEnv("HOME", home);
      vi.stubEnv("XDG_CONFIG_HOME", undefined);
      expect(isAbsolute(defaultCredentialsPath("codex"))).toBe(true);
      expect(isAbsolute(homeDir())).toBe(true);
    },
  );
});
