import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxioError, type JsonObject } from "axio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryCredentialStore, ProfileSet } from "../src/index.ts";
import { isProfileName, NO_PROFILES, profileOfFile, withStore } from "../src/profiles/profiles.ts";

interface Badge {
  readonly number: number;
}

const drawer = new MemoryCredentialStore<Badge>({ number: 7 });
const profiles = new ProfileSet<Badge>({
  provider: "codex",
  parse: (value: JsonObject) => ({ number: Number(value["number"]) }),
  stores: { drawer: () => ({ store: drawer, location: "the drawer" }) },
});

let config = "";
let folder = "";
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "axio-profiles-"));
  folder = join(config, "axio");
  vi.stubEnv("XDG_CONFIG_HOME", config);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(config, { recursive: true });
});

const listFile = (): string => join(folder, "codex.profiles.json");
const put = async (text: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(listFile(), text);
};
const failureOf = async (call: Promise<unknown>): Promise<AxioError> => {
  const error = await call.then(
    () => expect.fail("It should have failed."),
    (reason: unknown) => reason,
  );
  return AxioError.is(error) ? error : expect.fail(String(error));
};

describe("a profile's name", () => {
  test.each(["work", "a", "Work-2", "robin.example", "x_1", "a..b"])("may be %s", (name) => {
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
  ])("is no path and nothing that hides: %j is refused", (name) => {
    expect(isProfileName(name)).toBe(false);
    expect(() => profiles.store(name)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  test("is in its file's name", () => {
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
  test("has files and a list of its own, which no other sees", async () => {
    const other = new ProfileSet<Badge>({ provider: "other", parse: () => ({ number: 0 }) });
    await profiles.store("work").update(async () => ({ number: 1 }));
    await profiles.change((known) => ({ ...known, current: "work" }));
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["codex-work.json", "codex.profiles.json"]));
    expect(await profiles.store().load()).toEqual({ number: 1 });
    expect((await profiles.list()).map(({ name }) => name)).toEqual(["work"]);
    expect(await other.read()).toEqual(NO_PROFILES);
    expect(await other.store("work").load()).toBeUndefined();
  });

  test("may have places of its own besides files and the keychain", async () => {
    await profiles.change((known) => ({ ...withStore(known, "spare", "drawer"), current: "spare" }));
    expect(await profiles.store().load()).toEqual({ number: 7 });
    expect((await profiles.select({ profile: "spare" })).location).toBe("the drawer");
    const inKeychain = await profiles.select({ profile: "spare", store: "keychain" });
    expect(inKeychain.location).toBe("the system's keychain (axio, codex-spare)");
  });
});

describe("the list of profiles", () => {
  test("is written for its owner alone, in one step, and keeps stores that it does not know", async () => {
    await put('{"version": 1, "default": "work", "stores": {"work": "vault-of-the-future", "../x": "file"}}');
    await profiles.change((known) => withStore(known, "home", "keychain"));
    expect(JSON.parse(await readFile(listFile(), "utf8"))).toEqual({
      version: 1,
      default: "work",
      stores: { work: "vault-of-the-future", home: "keychain" },
    });
    expect((await stat(listFile())).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const error = await failureOf(profiles.store().load());
    expect(error.code).toBe("store-unavailable");
    expect(error.message).toContain("vault-of-the-future");
  });

  test("loses nothing where many change it at once", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => profiles.change((known) => withStore(known, name, "keychain"))));
    expect([...(await profiles.read()).stores.keys()].sort()).toEqual([...names].sort());
  });

  test.each([
    ["empty", ""],
    ["cut", '{"version": 1, "defa'],
    ["no object", "[]"],
    ["of a future version", '{"version": 2}'],
    ["with a path in the place of a name", '{"default": "../../etc/passwd"}'],
    ["with stores that are no object", '{"stores": []}'],
  ])("%s: a clear error that names the file, which stays", async (_, text) => {
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

  test("a folder in its place is a clear error", async () => {
    await mkdir(listFile(), { recursive: true });
    expect((await failureOf(profiles.read())).message).toContain("EISDIR");
  });
});
