import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AxioError } from "axio";
import { bundleScript } from "test-support/bundle-script";
import { describe, expect, it } from "vitest";
import { defaultSettingsPath, openSettings } from "../../src/settings/open-settings.ts";
import { PermissionRules } from "../../src/settings/permission-rules.ts";
import { DEFAULT_SETTINGS, readSettings } from "../../src/settings/read-settings.ts";
import { readFolderSettings } from "../../src/trust/folder-settings.ts";
import { temporaryDirectory } from "../support/project.ts";

const run = promisify(execFile);

async function open(text?: string) {
  const path = join(await temporaryDirectory(), "axio", "settings.json");
  if (text !== undefined) {
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
  }
  const mistakes: AxioError[] = [];
  const store = await openSettings({ path, onMistake: (mistake) => mistakes.push(mistake) });
  return {
    path,
    store,
    mistakes,
    messages: () => mistakes.map(({ message }) => message.replace(path, "FILE")),
  };
}

describe("settings", () => {
  it("are stored next to the sessions", () => {
    const environment = { env: {}, homeDir: "/home/ada", platform: "linux" } as const;
    expect(defaultSettingsPath(environment)).toBe("/home/ada/.local/state/axio/settings.json");
  });

  it("have defaults without a file, and do not create one", async () => {
    const { path, store, mistakes } = await open();
    expect(store.current).toEqual(DEFAULT_SETTINGS);
    expect(mistakes).toEqual([]);
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it("are saved if they differ from the defaults, readable only by their owner", async () => {
    const { path, store } = await open();
    await store.update((current) => ({
      ...current,
      theme: "light",
      providers: { codex: { model: "gpt-5.5" } },
    }));
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      version: 1,
      theme: "light",
      providers: { codex: { model: "gpt-5.5" } },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await openSettings({ path, onMistake: () => undefined });
    expect(again.current).toEqual(store.current);
    expect(await readdir(join(path, ".."))).toEqual(["settings.json"]);
  });

  it("keep comments, the order, and unknown members", async () => {
    const { path, store } = await open(`{
  // mine
  "future": { "a": [1] },
  "providers": { "codex": { "model": "gpt-5.5", "speed": 9 } },
  "theme": "dark", // as ever
}
`);
    await store.update((current) => ({
      ...current,
      theme: "light",
      providers: { codex: { effort: "high" } },
    }));
    expect(await readFile(path, "utf8")).toBe(`{
  // mine
  "future": { "a": [1] },
  "providers": {
    "codex": {
      "speed": 9,
      "effort": "high"
    }
  },
  "theme": "light", // as ever
}
`);
  });

  it("change on top of changes by another process", async () => {
    const { path, store } = await open();
    const other = await openSettings({ path, onMistake: () => undefined });
    await store.update((current) => ({ ...current, theme: "light" }));
    await other.update((current) => ({ ...current, autoCompact: false }));
    expect(other.current).toMatchObject({ theme: "light", autoCompact: false });
  });

  it("lose nothing when four processes write at the same time", { timeout: 60_000 }, async () => {
    const { path } = await open();
    const script = `
      import { openSettings } from ${JSON.stringify(join(import.meta.dirname, "../../src/settings/open-settings.ts"))};
      const settings = await openSettings({ path: process.argv[2], onMistake: (mistake) => { throw mistake; } });
      for (let index = 0; index < 10; index += 1)
        await settings.update((current) => ({ ...current, trust: { ...current.trust, [process.argv[3] + index]: { "git .git/config": { hash: "", trusted: true } } } }));
    `;
    const file = await bundleScript({ code: script, directory: import.meta.dirname });
    await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        run(process.execPath, [file, path, name], {
          cwd: join(import.meta.dirname, "../../../.."),
          env: { PATH: process.env["PATH"] },
        }),
      ),
    );
    const { settings, mistakes } = readSettings(await readFile(path, "utf8"), path);
    expect(mistakes).toEqual([]);
    expect(Object.keys(settings.trust)).toHaveLength(40);
  });

  it("are written although another process crashed while writing", async () => {
    const { path, store } = await open("{}");
    await writeFile(`${path}.lock`, "gone");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${path}.lock`, longAgo, longAgo);
    await store.update((current) => ({ ...current, theme: "light" }));
    expect(await readFile(path, "utf8")).toContain('"light"');
  });
});

describe("a mistake in the settings", () => {
  it.each([
    [
      "a missing comma",
      '{\n  "theme": "light"\n  "autoCompact": false\n}',
      "line 3: a comma is missing here or on the line before",
    ],
    [
      "an incomplete file",
      '{\n  "theme": "light"\n',
      "line 3: a closing brace is missing here or on the line before",
    ],
    ["a list instead of an object", "\n[]", "line 2: the settings are not an object in braces"],
    ["text that is not JSON", "theme = light", "line 1: it is not valid JSON (invalid symbol)"],
  ])("%s is reported with its line, and the file stays unchanged", async (_what, text, message) => {
    const { path, store, messages } = await open(text);
    expect(store.current).toEqual(DEFAULT_SETTINGS);
    expect(messages()).toEqual([
      `The settings in FILE, ${message}. Correct it there. Until then the defaults apply, and nothing is written to the file.`,
    ]);
    await store.update((current) => ({ ...current, theme: "light" }));
    expect(store.current.theme).toBe("light");
    expect(await readFile(path, "utf8")).toBe(text);
    expect(messages()).toHaveLength(1);
  });

  it("in one member does not affect others, and stays when another is written", async () => {
    const { path, store, messages } = await open(`{
  "theme": "drak",
  "autoCompact": false,
  "plugins": ["./a", 1],
  "providers": {
    "codex": { "model": "", "effort": "high" }
  },
  "pluginSettings": []
}`);
    expect(store.current).toEqual({
      ...DEFAULT_SETTINGS,
      autoCompact: false,
      providers: { codex: { effort: "high" } },
    });
    const rest = "Correct it there. Until then the default applies.";
    expect(messages().sort()).toEqual([
      `The settings in FILE, line 2: "theme" must be one of: dark, light, contrast, mono. ${rest}`,
      `The settings in FILE, line 4: "plugins" must be a list of texts. ${rest}`,
      `The settings in FILE, line 6: "providers"."codex"."model" must be a text. ${rest}`,
      `The settings in FILE, line 8: "pluginSettings" must be an object. ${rest}`,
    ]);
    await store.update((current) => ({
      ...current,
      autoCompact: true,
      pluginSettings: { "tools/a": { b: 1 } },
    }));
    const written = JSON.parse(await readFile(path, "utf8"));
    expect(written).toMatchObject({
      theme: "drak",
      autoCompact: true,
      plugins: ["./a", 1],
      pluginSettings: { "tools/a": { b: 1 } },
    });
  });

  it("in a newer version: known settings apply, and nothing is written", async () => {
    const text = '{\n  "version": 2,\n  "theme": "light"\n}';
    const { path, store, messages } = await open(text);
    expect(store.current.theme).toBe("light");
    expect(messages()).toEqual([
      expect.stringMatching(
        /line 2: the settings have version 2, but this axio supports version 1\..*Update axio-tui/,
      ),
    ]);
    await store.update((current) => ({ ...current, theme: "dark" }));
    expect(store.current.theme).toBe("dark");
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("is reported if the file is a directory", async () => {
    const path = join(await temporaryDirectory(), "settings.json");
    await mkdir(path);
    const mistakes: AxioError[] = [];
    const store = await openSettings({ path, onMistake: (mistake) => mistakes.push(mistake) });
    await store.update((current) => ({ ...current, theme: "light" }));
    expect(store.current.theme).toBe("light");
    expect(mistakes.map(({ code, message }) => [code, message.replace(path, "FILE")])).toEqual([
      ["store-unavailable", expect.stringMatching(/could not be read \(EISDIR\)/)],
      ["store-unavailable", expect.stringMatching(/could not be saved \(EISDIR\)/)],
    ]);
  });
});

describe("permission rules in the settings", () => {
  it("are read with mode and folders, and the mistakes are named with their lines", async () => {
    const { store, messages } = await open(`{
  "permissions": {
    "mode": "plan",
    "allow": ["shell: npm test *", "npm test", 7],
    "deny": "everything",
    "folders": {
      "/project": { "ask": ["write: **"], "deny": ["mcp: files"] },
      "/other": true
    }
  }
}`);
    expect(store.current.permissions).toEqual({
      mode: "plan",
      allow: ["shell: npm test *"],
      folders: { "/project": { ask: ["write: **"], deny: [] } },
    });
    expect(messages()).toEqual([
      expect.stringMatching(/line 5: "permissions"\."deny" must be a list of rules\. Correct it there/),
      expect.stringMatching(
        /line 4: .*"allow" must be a list of rules, but "npm test" is not a rule: it must be "tool: pattern"/,
      ),
      expect.stringMatching(/line 4: .*but 7 is not a rule: it must be a text/),
      expect.stringMatching(/line 7: .*"mcp: files" is not a rule: its pattern must be "server\/tool"/),
      expect.stringMatching(/line 8: "permissions"\."folders"\."\/other" must be an object/),
    ]);
  });

  it.each([
    ['{ "permissions": [] }', '"permissions" must be an object'],
    ['{ "permissions": { "mode": "yolo" } }', '"mode" must be one of: ask, accept-edits, plan'],
    ['{ "permissions": { "folders": 1 } }', '"folders" must be an object'],
  ])("reports %s", async (text, message) => {
    const { messages } = await open(text);
    expect(messages()).toEqual([expect.stringContaining(message)]);
  });

  it("are saved where they hold, and the rest of the file stays", async () => {
    const { path, store } = await open('{\n  // mine\n  "theme": "mono"\n}\n');
    const rules = new PermissionRules({ settings: store, cwd: "/project" });
    await rules.add({ scope: "always", action: "deny", text: "read: **/.env" });
    await rules.add({ scope: "folder", action: "allow", text: "shell: ls *" });
    await rules.add({ scope: "session", action: "allow", text: "shell: cat *" });
    const text = await readFile(path, "utf8");
    expect(text).toContain("// mine");
    expect(text).not.toContain("cat");
    const again = await openSettings({ path, onMistake: () => undefined });
    expect(again.current.permissions).toEqual({
      deny: ["read: **/.env"],
      folders: { "/project": { allow: ["shell: ls *"] } },
    });
    // Other folders have their own.
    const elsewhere = new PermissionRules({ settings: again, cwd: "/elsewhere" });
    expect(elsewhere.list()).toEqual([{ scope: "always", action: "deny", text: "read: **/.env" }]);
  });

  it("of a trusted folder restrict, and cannot allow", () => {
    const { settings, ignored } = readFolderSettings(
      '{ "permissions": { "deny": ["shell: rm *"], "ask": ["write: **", "x"], "allow": ["shell: *"] } }',
    );
    expect(ignored).toEqual(["permissions.allow", "permissions.ask (not a list of rules)"]);
    const rules = new PermissionRules({
      cwd: "/project",
      project: { ...settings.permissions, allow: ["shell: *"] },
    });
    expect(rules.list()).toEqual([
      { scope: "project", action: "deny", text: "shell: rm *" },
      { scope: "project", action: "ask", text: "write: **" },
    ]);
  });
});

it("the README lists all settings, each with its default", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const section = readme.slice(readme.indexOf("## Settings"), readme.indexOf("## Terminals"));
  const rows = [...section.matchAll(/^\| `(\w+)` \|.* \| (?:`(.+)`|.*) \|$/gm)];
  const { settings } = readSettings("{}", "settings.json");
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(settings).sort());
  for (const [, name = "", value] of rows)
    if (value !== undefined) expect(JSON.parse(value)).toEqual(Reflect.get(settings, name));
});
