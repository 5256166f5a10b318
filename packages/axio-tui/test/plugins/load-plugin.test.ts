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
  loadTimeoutMs = 20_000,
): Promise<AxioError> {
  const places = await Places.make();
  await places.install(places.global, "broken", { tools: { bad: reference } }, files);
  await places.install(
    places.global,
    "axio-clock",
    { tools: { clock: "./plugin#tools" } },
    { "plugin.js": toolModule("Clock") },
  );
  const { tools } = await places.find({ loadTimeoutMs });
  const [clock, bad] = [tools.find(({ name }) => name === "clock"), tools.find(({ name }) => name === "bad")];
  const error = await bad?.load().catch((thrown: unknown) => thrown);
  if (loadTimeoutMs > 1_000) expect((await clock?.load())?.title).toBe("Clock");
  if (!AxioError.is(error, "plugin-failed")) throw new Error(`It threw ${String(error)}`);
  expect(error.message).toMatch(/^The plugin tools\/bad of broken 1\.2\.3 cannot be used: /);
  return error;
}

describe("a plugin that fails to load is reported with advice, and does not affect others", () => {
  it.each([
    ["an entry that is not in its exports", {}, /names "\.\/plugin", which cannot be found/],
    [
      "a missing export",
      { "plugin.js": "export const tool = 1; export const other = 2;" },
      /\.\/plugin has no export "tools" \(it exports other, tool\)/,
    ],
    [
      "an invalid export",
      { "plugin.js": "export const tools = [];" },
      /"tools" is not a plugin: it has no text "title"/,
    ],
    [
      "a plugin without its function",
      { "plugin.js": 'export const tools = { title: "T" };' },
      /it has no function "open"/,
    ],
    [
      "undefined instead of a plugin",
      { "plugin.js": "export const tools = undefined;" },
      /it is nothing and not an object/,
    ],
    [
      "an import that throws",
      { "plugin.js": 'throw new Error("no such\\nluck.");' },
      /it threw an error while loading: no such luck\. Update/,
    ],
    [
      "a module with a syntax error",
      { "plugin.js": "export const tools = {" },
      /it threw an error while loading/,
    ],
    [
      "a missing dependency",
      { "plugin.js": 'import "@scope/lacking/deep"; export const tools = {};' },
      /it needs the package "@scope\/lacking", which is not installed\. Install it where broken is: npm install @scope\/lacking/,
    ],
  ])("%s", async (_what, files, message) => {
    expect((await loadError(files)).message).toMatch(message);
  });

  it("a load that hangs", async () => {
    const files = { "plugin.js": "await new Promise(() => {}); export const tools = {};" };
    const { message } = await loadError(files, undefined, 1_000);
    expect(message).toMatch(/it did not load within 1 s/);
  });

  it("an entry outside of the package", async () => {
    const error = await loadError({ "plugin.js": "" }, "./../axio-clock/plugin.js#tools");
    expect(error.message).toMatch(/cannot be found/);
  });
});

describe("a loaded plugin", () => {
  async function opening(open: string): Promise<unknown> {
    const places = await Places.make();
    const text = `export const tools = { title: "T", tools: [], open(host) { ${open} } };`;
    await places.install(
      places.global,
      "axio-slow",
      { tools: { slow: "./plugin#tools" } },
      { "plugin.js": text },
    );
    const [found] = (await places.find({ openTimeoutMs: 200 })).tools;
    const plugin = await found?.load();
    return plugin?.open(HOST);
  }

  it("must open in time", async () => {
    await expect(opening("return new Promise(() => {});")).rejects.toMatchObject({
      code: "plugin-failed",
      message:
        'The plugin tools/slow of axio-slow 1.2.3 cannot be used: it did not open within 0.2 s. Update the package, or add "tools/slow" to "disabled" in the settings.',
    });
  });

  it.each([
    ["the error that it throws", 'throw new TypeError("oops");', /cannot be used: oops\./],
    ["an invalid result", "return [];", /open\(\) returned no list "tools"/],
  ])("is reported with %s", async (_what, open, message) => {
    await expect(opening(open)).rejects.toThrow(message);
  });

  it("is called with its own `this`", async () => {
    expect(await opening("return { tools: this.tools };")).toEqual({ tools: [] });
  });

  it("is closed if it opens too late", async () => {
    const places = await Places.make();
    const marker = join(places.root, "closed");
    await expect(
      opening(
        `return new Promise((resolve) => setTimeout(() => resolve({ tools: [], close() { process.emit("${marker}"); } }), 400));`,
      ).catch(async (error) => {
        await new Promise((resolve) => process.once(marker, resolve));
        throw error;
      }),
    ).rejects.toThrow(/did not open/);
  });
});
