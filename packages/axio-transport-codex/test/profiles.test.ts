import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCredentialStore, parseCredentials } from "axio-auth";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CodexTransport, defaultStore, login, profileStore } from "../src/index.ts";
import { changeProfiles, profilesWithFile, readProfiles } from "../src/profile-list.ts";
import { isProfileName, NO_PROFILES, profileOfFile, withStore } from "../src/profiles.ts";
import { asking, connection, failureOf, requestsTo, simulate, textOf } from "./support.ts";

let config = "";
let folder = "";
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "axio-profiles-"));
  folder = join(config, "axio");
  vi.stubEnv("XDG_CONFIG_HOME", config);
  vi.stubEnv("CODEX_HOME", join(config, "codex-home"));
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
const open = (file: string) => new FileCredentialStore({ path: join(folder, file), parse: parseCredentials });

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
  ])("is no path and nothing that hides: %j is refused", async (name) => {
    expect(isProfileName(name)).toBe(false);
    expect((await failureOf(() => profileStore(name))).code).toBe("invalid-argument");
  });

  test("is in its file's name", () => {
    expect(["codex.json", "codex-work.json", "codex-a.b.json"].map(profileOfFile)).toEqual([
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
      expect(profileOfFile(file)).toBeUndefined();
  });
});

describe("the default profile", () => {
  test("is `default`, in codex.json, where nobody chose another", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await open("codex.json").update(async () => issued);
    expect(await defaultStore().load()).toMatchObject({ accessToken: issued.accessToken });
    expect(await readProfiles()).toEqual(NO_PROFILES);
  });

  test("that was chosen is the one of a transport without options, and of login", async () => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const [personal, work] = [simulator.issueCredentials(), simulator.issueCredentials()];
    await open("codex.json").update(async () => personal);
    await open("codex-work.json").update(async () => work);
    await changeProfiles((profiles) => ({ ...profiles, current: "work" }));
    const { credentials: _, ...rest } = connection(simulator);
    const transport = new CodexTransport({ ...rest, model: "gpt-5.5" });
    await textOf(transport.stream(asking("say Hi")));
    const other = new CodexTransport({ ...rest, credentials: profileStore("default"), model: "gpt-5.5" });
    await textOf(other.stream(asking("say Hi")));
    expect(requestsTo(simulator, "/responses").map(({ headers }) => headers["authorization"])).toEqual([
      `Bearer ${work.accessToken}`,
      `Bearer ${personal.accessToken}`,
    ]);
    const fresh = await login({
      method: "device",
      issuer: simulator.issuer,
      onProgress: (step) => {
        if (step.type === "device-code") simulator.decideDevice(step.userCode);
      },
    });
    expect(await open("codex-work.json").load()).toEqual(fresh);
    expect(await open("codex.json").load()).toMatchObject({ accessToken: personal.accessToken });
  });

  test("may be the official CLI's sign-in", async () => {
    const simulator = await simulate();
    await changeProfiles((profiles) => ({ ...withStore(profiles, "cli", "codex-cli"), current: "cli" }));
    await defaultStore().update(async () => simulator.issueCredentials());
    expect(await readdir(join(config, "codex-home"))).toContain("auth.json");
    expect(await profilesWithFile()).toEqual([]);
  });

  test("stays the same for a store that is in use", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await open("codex.json").update(async () => issued);
    const store = defaultStore();
    await store.load();
    await changeProfiles((profiles) => ({ ...profiles, current: "work" }));
    expect(await store.load()).toMatchObject({ accessToken: issued.accessToken });
  });
});

describe("the list of profiles", () => {
  test("is written for its owner alone, in one step, and keeps stores that it does not know", async () => {
    await put('{"version": 1, "default": "work", "stores": {"work": "vault-of-the-future", "../x": "file"}}');
    await changeProfiles((profiles) => withStore(profiles, "home", "keychain"));
    expect(JSON.parse(await readFile(listFile(), "utf8"))).toEqual({
      version: 1,
      default: "work",
      stores: { work: "vault-of-the-future", home: "keychain" },
    });
    expect((await stat(listFile())).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    const error = await failureOf(defaultStore().load());
    expect(error.code).toBe("store-unavailable");
    expect(error.message).toContain("vault-of-the-future");
  });

  test("loses nothing where many change it at once", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(
      names.map((name) => changeProfiles((profiles) => withStore(profiles, name, "keychain"))),
    );
    expect([...(await readProfiles()).stores.keys()].sort()).toEqual([...names].sort());
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
      () => readProfiles(),
      () => defaultStore().load(),
      () => changeProfiles(() => NO_PROFILES),
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
    expect((await failureOf(readProfiles())).message).toContain("EISDIR");
  });
});
