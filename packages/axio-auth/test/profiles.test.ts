import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxioError } from "axio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryCredentialStore, ProfileSet, versionedFormat } from "../src/index.ts";
import { isProfileName, NO_PROFILES, profileOfFile, withStore } from "../src/profiles/profiles.ts";

interface Badge {
  readonly number: number;
}

const FORMAT = versionedFormat<Badge>({ parse: (value) => ({ number: Number(value["number"]) }) });
const drawer = new MemoryCredentialStore<Badge>({ number: 7 });
const profiles = new ProfileSet<Badge>({
  provider: "codex",
  format: FORMAT,
  stores: { drawer: () => ({ store: drawer, location: "the drawer" }) },
});

let config = "";
let directory = "";
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "axio-profiles-"));
  directory = join(config, "axio");
  vi.stubEnv("XDG_CONFIG_HOME", config);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(config, { recursive: true });
});

const listFile = (): string => join(directory, "codex.profiles.json");
const put = async (text: string): Promise<void> => {
  await mkdir(directory, { recursive: true });
  await writeFile(listFile(), text);
};
const failureOf = async (call: Promise<unknown>): Promise<AxioError> => {
  const error = await call.then(
    () => expect.fail("It should have failed."),
    (reason: unknown) => reason,
  );
  return AxioError.is(error) ? error : expect.fail(String(error));
};

describe("the name of a profile", () => {
  test.each(["work", "a", "Work-2", "robin.example", "x_1", "a..b"])("may be %j", (name) => {
    expect(isProfileName(name)).toBe(true);
  });

  test.each([
    "",
    "..",
    "../x",
    "a/b",
    "a\\b",
    ".hidden",
    "-x",
    "__proto__",
    "a b",
    "ä",
    "a\n",
    "x".repeat(65),
  ])("may not be %j", (name) => {
    expect(isProfileName(name)).toBe(false);
    expect(() => profiles.store(name)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  test("is part of the file name", () => {
    const owner = (file: string): string | undefined => profileOfFile("codex", file);
    expect(["codex.json", "codex-work.json", "codex-a.b.json"].map(owner)).toEqual([
      "default",
      "work",
      "a.b",
    ]);
    for (const file of [
      "codex.profiles.json",
      "codex-.json",
      "codex-..json",
      "codex-a.json.axio-lock",
      "other.json",
    ])
      expect(owner(file)).toBeUndefined();
  });
});

describe("a provider", () => {
  test("has its own files and list", async () => {
    const other = new ProfileSet<Badge>({ provider: "other", format: FORMAT });
    await profiles.store("work").update(async () => ({ number: 1 }));
    await profiles.change((known) => ({ ...known, current: "work" }));
    expect(await readdir(directory)).toEqual(
      expect.arrayContaining(["codex-work.json", "codex.profiles.json"]),
    );
    expect(await profiles.store().load()).toEqual({ number: 1 });
    expect((await profiles.list()).map(({ name }) => name)).toEqual(["work"]);
    expect(await other.read()).toEqual(NO_PROFILES);
    expect(await other.store("work").load()).toBeUndefined();
  });

  test("may have its own stores", async () => {
    await profiles.change((known) => ({ ...withStore(known, "spare", "drawer"), current: "spare" }));
    expect(await profiles.store().load()).toEqual({ number: 7 });
    expect((await profiles.select({ profile: "spare" })).location).toBe("the drawer");
    const inKeychain = await profiles.select({ profile: "spare", store: "keychain" });
    expect(inKeychain.location).toBe("the system's keychain (axio, codex-spare)");
  });
});

describe("the list of profiles", () => {
  test("is written atomically with mode 0600, and keeps unknown stores", async () => {
    await put('{"version": 1, "default": "work", "stores": {"work": "vault-of-the-future", "../x": "file"}}');
    await profiles.change((known) => withStore(known, "home", "keychain"));
    expect(JSON.parse(await readFile(listFile(), "utf8"))).toEqual({
      version: 1,
      default: "work",
      stores: { work: "vault-of-the-future", home: "keychain" },
    });
    expect((await stat(listFile())).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const error = await failureOf(profiles.store().load());
    expect(error.code).toBe("store-unavailable");
    expect(error.message).toContain("vault-of-the-future");
  });

  test("loses no concurrent change", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => profiles.change((known) => withStore(known, name, "keychain"))));
    expect([...(await profiles.read()).stores.keys()].sort()).toEqual([...names].sort());
  });

  test.each([
    ["empty", ""],
    ["truncated", '{"version": 1, "defa'],
    ["not an object", "[]"],
    ["of a future version", '{"version": 2}'],
    ["with a path as a name", '{"default": "../../etc/passwd"}'],
    ["with stores that are not an object", '{"stores": []}'],
  ])("%s: throws an error with the path, and is never changed", async (_, text) => {
    await put(text);
    for (const call of [
      () => profiles.read(),
      () => profiles.store().load(),
      () => profiles.change(() => NO_PROFILES),
    ]) {
      const error = await failureOf(call());
      expect(error.code).toBe("store-unavailable");
      expect(error.message).toContain(listFile());
      expect(error.message).toMatch(/Correct or delete it/);
    }
    expect(await readFile(listFile(), "utf8")).toBe(text);
  });

  test("throws store-unavailable if it is a directory", async () => {
    await mkdir(listFile(), { recursive: true });
    expect((await failureOf(profiles.read())).message).toContain("EISDIR");
  });
});
