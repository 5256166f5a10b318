import { join } from "node:path";
import { AxioError } from "axio";
import type { PluginHost } from "axio/plugin";
import { describe, expect, it } from "vitest";
import { Places, toolModule } from "../support/project.ts";

const HOST: PluginHost = {
  appName: "Sample Tool",
  cwd: "/",
  env: {},
  settings: {},
  signal: new AbortController().signal,
  onWarning: () => undefined,
  requestPermission: async () => ({ allowed: false }),
};

async function loadError(
  files: Readonly<Record<string, string>>,
  reference = "./plugin#tools",
  loadLimitMs = 20_000,
): Promise<AxioError> {
  const places = await Places.make();
  await places.install(places.global, "broken", { tools: { bad: reference } }, files);
  await places.install(
    places.global,
    "axio-clock",
    { tools: { clock: "./plugin#tools" } },
    { "plugin.js": toolModule("Clock") },
  );
  const { tools } = await places.find({ loadLimitMs });
  const [clock, bad] = [tools.find(({ name }) => name === "clock"), tools.find(({ name }) => name === "bad")];
  const error = await bad?.load().catch((thrown: unknown) => thrown);
  if (loadLimitMs > 1_000) expect((await clock?.load())?.title).toBe("Clock");
  if (!AxioError.is(error, "plugin-failed")) throw new Error(`It threw ${String(error)}`);
  expect(error.message).toMatch(/^The plugin tools\/bad of broken 1\.2\.3 cannot be used: /);
  return error;
}

describe("a plugin that cannot be loaded is named with what to do, and harms no other", () => {
  it.each([
    ["an entry that its exports do not have", {}, /names "\.\/plugin", which cannot be found/],
    [
      "an export that is not there",
      { "plugin.js": "export const tool = 1; export const other = 2;" },
      /\.\/plugin has no export "tools" \(it exports other, tool\)/,
    ],
    [
      "an export of another form",
      { "plugin.js": "export const tools = [];" },
      /"tools" is no plugin: it has no "title"/,
    ],
    [
      "a plugin without its function",
      { "plugin.js": 'export const tools = { title: "T" };' },
      /it has no function "open"/,
    ],
    [
      "nothing in the place of a plugin",
      { "plugin.js": "export const tools = undefined;" },
      /it is nothing and not an object/,
    ],
    [
      "an import that throws",
      { "plugin.js": 'throw new Error("no such\\nluck.");' },
      /an error was thrown while it was loaded: no such luck\. Update/,
    ],
    [
      "a module that is no JavaScript",
      { "plugin.js": "export const tools = {" },
      /an error was thrown while it was loaded/,
    ],
    [
      "a dependency that is missing",
      { "plugin.js": 'import "@scope/lacking/deep"; export const tools = {};' },
      /it needs the package "@scope\/lacking", which is not installed\. Install it where broken is: npm install @scope\/lacking/,
    ],
  ])("%s", async (_what, files, message) => {
    expect((await loadError(files)).message).toMatch(message);
  });

  it("a load that hangs", async () => {
    const files = { "plugin.js": "await new Promise(() => {}); export const tools = {};" };
    const { message } = await loadError(files, undefined, 1_000);
    expect(message).toMatch(/it was not loaded within 1 s/);
  });

  it("an entry that leads out of the package", async () => {
    const error = await loadError({ "plugin.js": "" }, "./../axio-clock/plugin.js#tools");
    expect(error.message).toMatch(/cannot be found/);
  });
});

describe("a plugin that is loaded", () => {
  async function opening(open: string): Promise<unknown> {
    const places = await Places.make();
    const text = `export const tools = { title: "T", tools: [], open(host) { ${open} } };`;
    await places.install(
      places.global,
      "axio-slow",
      { tools: { slow: "./plugin#tools" } },
      { "plugin.js": text },
    );
    const [found] = (await places.find({ openLimitMs: 200 })).tools;
    const plugin = await found?.load();
    return plugin?.open(HOST);
  }

  it("has a time limit until it is ready", async () => {
    await expect(opening("return new Promise(() => {});")).rejects.toMatchObject({
      code: "plugin-failed",
      message:
        'The plugin tools/slow of axio-slow 1.2.3 cannot be used: it was not ready within 0.2 s. Update the package, or add "tools/slow" to "disabled" in the settings.',
    });
  });

  it.each([
    ["what it throws", 'throw new TypeError("oops");', /cannot be used: oops\./],
    ["what is not of the promised form", "return [];", /open\(\) gave no list "tools"/],
  ])("is named with %s", async (_what, open, message) => {
    await expect(opening(open)).rejects.toThrow(message);
  });

  it("has its own `this`, and gives what it opened", async () => {
    expect(await opening("return { tools: this.tools };")).toEqual({ tools: [] });
  });

  it("is closed where it comes too late", async () => {
    const places = await Places.make();
    const marker = join(places.root, "closed");
    await expect(
      opening(
        `return new Promise((resolve) => setTimeout(() => resolve({ tools: [], close() { process.emit("${marker}"); } }), 400));`,
      ).catch(async (error) => {
        await new Promise((resolve) => process.once(marker, resolve));
        throw error;
      }),
    ).rejects.toThrow(/not ready/);
  });
});
