import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AxioError } from "axio";
import { bundleScript } from "test-support/bundle-script";
import { describe, expect, it } from "vitest";
import { defaultSettingsPath, openSettings } from "../../src/settings/open-settings.ts";
import { DEFAULT_SETTINGS, readSettings } from "../../src/settings/read-settings.ts";
import { temporaryFolder } from "../support/project.ts";

const run = promisify(execFile);

async function open(text?: string) {
  const path = join(await temporaryFolder(), "axio", "settings.json");
  if (text !== undefined) {
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
  }
  const mistakes: AxioError[] = [];
  const store = await openSettings({ path, onMistake: (mistake) => mistakes.push(mistake) });
  return { path, store, mistakes, told: () => mistakes.map(({ message }) => message.replace(path, "FILE")) };
}

describe("settings", () => {
  it("lie beside the sessions", () => {
    const surroundings = { env: {}, home: "/home/ada", platform: "linux" } as const;
    expect(defaultSettingsPath(surroundings)).toBe("/home/ada/.local/state/axio/settings.json");
  });

  it("are the usual ones where there is no file, and none is made", async () => {
    const { path, store, mistakes } = await open();
    expect(store.current).toEqual(DEFAULT_SETTINGS);
    expect(mistakes).toEqual([]);
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it("are kept, readable by their owner only, with what is different from the usual", async () => {
    const { path, store } = await open();
    await store.update((current) => ({
      ...current,
      theme: "light",
      transports: { codex: { model: "gpt-5.5" } },
    }));
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      version: 1,
      theme: "light",
      transports: { codex: { model: "gpt-5.5" } },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await openSettings({ path, onMistake: () => undefined });
    expect(again.current).toEqual(store.current);
    expect(await readdir(join(path, ".."))).toEqual(["settings.json"]);
  });

  it("keep comments, the order, and members that this version does not know", async () => {
    const { path, store } = await open(`{
  // mine
  "future": { "a": [1] },
  "transports": { "codex": { "model": "gpt-5.5", "speed": 9 } },
  "theme": "dark", // as ever
}
`);
    await store.update((current) => ({
      ...current,
      theme: "light",
      transports: { codex: { effort: "high" } },
    }));
    expect(await readFile(path, "utf8")).toBe(`{
  // mine
  "future": { "a": [1] },
  "transports": {
    "codex": {
      "speed": 9,
      "effort": "high"
    }
  },
  "theme": "light", // as ever
}
`);
  });

  it("change on what another process has written meanwhile", async () => {
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
        await settings.update((current) => ({ ...current, trust: { ...current.trust, [process.argv[3] + index]: true } }));
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

  it("are written although a process was ended in the middle of writing", async () => {
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
      "a comma that is missing",
      '{\n  "theme": "light"\n  "autoCompact": false\n}',
      "line 3: a comma is missing here or on the line before",
    ],
    [
      "a file that is cut off",
      '{\n  "theme": "light"\n',
      "line 3: a closing brace is missing here or on the line before",
    ],
    ["a list in the place of braces", "\n[]", "line 2: the settings are not an object in braces"],
    ["no JSON at all", "theme = light", "line 1: it is no JSON (invalid symbol)"],
  ])("%s is named with its line, and the file stays as it is", async (_what, text, message) => {
    const { path, store, told } = await open(text);
    expect(store.current).toEqual(DEFAULT_SETTINGS);
    expect(told()).toEqual([
      `The settings in FILE, ${message}. Correct it there. Until then the usual settings hold, and nothing is written to the file.`,
    ]);
    await store.update((current) => ({ ...current, theme: "light" }));
    expect(store.current.theme).toBe("light");
    expect(await readFile(path, "utf8")).toBe(text);
    expect(told()).toHaveLength(1);
  });

  it("in one member leaves the others, and is not lost when another is written", async () => {
    const { path, store, told } = await open(`{
  "theme": "drak",
  "autoCompact": false,
  "plugins": ["./a", 1],
  "transports": {
    "codex": { "model": "", "effort": "high" }
  },
  "pluginSettings": []
}`);
    expect(store.current).toEqual({
      ...DEFAULT_SETTINGS,
      autoCompact: false,
      transports: { codex: { effort: "high" } },
    });
    const rest = "Correct it there. Until then the usual value holds.";
    expect(told().sort()).toEqual([
      `The settings in FILE, line 2: "theme" has to be one of: dark, light, contrast, mono. ${rest}`,
      `The settings in FILE, line 4: "plugins" has to be a list of texts. ${rest}`,
      `The settings in FILE, line 6: "transports"."codex"."model" has to be a text. ${rest}`,
      `The settings in FILE, line 8: "pluginSettings" has to be an object. ${rest}`,
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

  it("of a newer version: what is understood holds, and nothing is written", async () => {
    const text = '{\n  "version": 2,\n  "theme": "light"\n}';
    const { path, store, told } = await open(text);
    expect(store.current.theme).toBe("light");
    expect(told()).toEqual([
      expect.stringMatching(
        /line 2: the settings are of version 2, and this axio knows version 1\..*Update axio-tui/,
      ),
    ]);
    await store.update((current) => ({ ...current, theme: "dark" }));
    expect(store.current.theme).toBe("dark");
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("where a folder lies in its place is told", async () => {
    const path = join(await temporaryFolder(), "settings.json");
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
