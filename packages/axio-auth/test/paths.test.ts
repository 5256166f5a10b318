import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { defaultCredentialsPath, FileCredentialStore, ProfileSet } from "../src/index.ts";
import { expandPath } from "../src/internal.ts";
import { FORMAT } from "./support/credentials.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "axio-home-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});

describe("a path that no shell has expanded", () => {
  test.each([
    ["~", ""],
    ["~/x.json", "/x.json"],
    ["'~/x.json'", "/x.json"],
    ['"~/a b.json"', "/a b.json"],
    ["$HOME/x.json", "/x.json"],
    ["$\u007bHOME}/x.json", "/x.json"],
    [" ~/x.json ", "/x.json"],
  ])("%s is below the home directory", (path, expected) => {
    expect(expandPath(path, { env: { HOME: home }, cwd: "/project" })).toBe(home + expected);
  });

  test.each([
    ["x.json", "/project/x.json"],
    ["./~/x.json", "/project/~/x.json"],
    ["../x.json", "/x.json"],
    ["/a/~/x.json", "/a/~/x.json"],
    ["/a/../b.json", "/b.json"],
    ["'/a/b.json'", "/a/b.json"],
    ["~~x", "/project/~~x"],
  ])("%s becomes %s", (path, expected) => {
    expect(expandPath(path, { env: { HOME: home }, cwd: "/project" })).toBe(expected);
  });

  test.each(["", "  ", "''", "~root/x.json"])("%j is refused", (path) => {
    expect(() => expandPath(path, { env: { HOME: home } })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("without a usable HOME is below the home directory of the account", () => {
    for (const env of [{}, { HOME: "" }, { HOME: "relative" }, { HOME: "~" }])
      expect(expandPath("~/x", { env })).toMatch(/^\/.+\/x$/);
  });
});

describe("the places of credentials", () => {
  test.each([
    ["~/config", "/config/axio/codex.json"],
    ['"~/config"', "/config/axio/codex.json"],
    ["relative", "/.config/axio/codex.json"],
    ["", "/.config/axio/codex.json"],
  ])("XDG_CONFIG_HOME=%s", (XDG_CONFIG_HOME, expected) => {
    const env = { HOME: home, XDG_CONFIG_HOME };
    expect(defaultCredentialsPath("codex", { env, platform: "linux" })).toBe(home + expected);
  });

  test("a file store and a profile set say and use the real path", async () => {
    vi.stubEnv("HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = new FileCredentialStore({ path: "~/a/x.json", format: FORMAT });
    expect(store.path).toBe(join(home, "a", "x.json"));
    const profiles = new ProfileSet({ provider: "codex", format: FORMAT });
    const selected = await profiles.select({ store: "~/b/x.json" }, { env: { HOME: home }, cwd: "/project" });
    expect(selected.location).toBe(join(home, "b", "x.json"));
    for (const each of [store, selected.store])
      await each.update(async () => ({ accessToken: "a", refreshToken: "r", expiresAt: 0, accountId: "1" }));
    expect(await readdir(home)).toEqual(["a", "b"]);
    const relative = await profiles.select({ store: "./x.json" }, { env: { HOME: home }, cwd: home });
    expect(relative.location).toBe(join(home, "x.json"));
  });
});
