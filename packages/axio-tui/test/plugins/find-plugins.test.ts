import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Places, toolModule } from "../support/project.ts";

const CLOCK = { tools: { clock: "./plugin#tools" } };

async function installed(modules: (places: Places) => string, name = "axio-clock"): Promise<Places> {
  const places = await Places.make();
  await places.install(modules(places), name, CLOCK, { "plugin.js": toolModule("Clock") });
  return places;
}

describe("plugins are found", () => {
  it.each([
    ["next to the app", "app", (places: Places) => join(places.root, "app", "node_modules")],
    ["in the global directory", "global", (places: Places) => places.global],
  ])("%s, and loaded on demand", async (_where, origin, modules) => {
    const places = await installed(modules);
    const { tools, problems } = await places.find();
    expect(problems).toEqual([]);
    expect(tools).toMatchObject([
      { name: "clock", packageName: "axio-clock", packageVersion: "1.2.3", origin },
    ]);
    expect((await tools[0]?.load())?.title).toBe("Clock");
  });

  it("in the project and the directories above it, if the user allows it", async () => {
    const places = await Places.make();
    const near = await places.install(
      join(places.project, "node_modules"),
      "axio-near",
      { tools: { near: "./plugin#tools" } },
      { "plugin.js": toolModule("Near") },
    );
    const far = await places.install(
      join(places.root, "work", "node_modules"),
      "@far/away",
      { tools: { far: "./plugin#tools" } },
      { "plugin.js": toolModule("Far") },
    );
    const asked = await places.find();
    expect(asked.tools).toEqual([]);
    expect(asked.untrusted).toEqual([
      {
        packageName: "axio-near",
        packageVersion: "1.2.3",
        packageDir: near,
        plugins: ["tools/near"],
        refused: false,
      },
      {
        packageName: "@far/away",
        packageVersion: "1.2.3",
        packageDir: far,
        plugins: ["tools/far"],
        refused: false,
      },
    ]);
    const decided = await places.find({ isTrusted: ({ packageDir }) => packageDir === near });
    expect(decided.tools.map(({ name }) => name)).toEqual(["near"]);
    expect(decided.untrusted).toMatchObject([{ packageName: "@far/away", refused: true }]);
  });

  it("in the project without a question if the app runs from there", async () => {
    const places = await installed((at) => join(at.project, "node_modules"));
    const appDir = join(places.project, "node_modules", "axio-tui");
    await mkdir(appDir);
    const { tools, untrusted } = await places.find({ appDir });
    expect(tools).toMatchObject([{ name: "clock", origin: "app" }]);
    expect(untrusted).toEqual([]);
  });

  it("not in directories above the app that do not contain it", async () => {
    const places = await installed((at) => join(at.root, "node_modules"));
    expect(await places.find()).toMatchObject({ tools: [], untrusted: [{ packageName: "axio-clock" }] });
    expect(await places.find({ cwd: places.global })).toMatchObject({ tools: [] });
  });

  it("in a directory listed in the settings, with or without exports", async () => {
    const places = await Places.make();
    await places.write(
      join(places.root, "mine/package.json"),
      JSON.stringify({ name: "mine", axio: { tools: { mine: "./it.mjs#tools" } } }),
    );
    await places.write(join(places.root, "mine/it.mjs"), toolModule("Mine"));
    const { tools } = await places.find({ listed: ["../mine"], listedFrom: join(places.root, "settings") });
    expect(tools).toMatchObject([{ name: "mine", origin: "listed" }]);
    expect((await tools[0]?.load())?.title).toBe("Mine");
  });

  it("through a symbolic link, for example in a workspace", async () => {
    const places = await Places.make();
    const real = await places.install(join(places.root, "packages"), "axio-clock", CLOCK, {
      "plugin.js": toolModule("Clock"),
    });
    await symlink(real, join(places.global, "axio-clock"));
    const { tools } = await places.find();
    expect(tools).toMatchObject([{ packageDir: real }]);
    expect((await tools[0]?.load())?.title).toBe("Clock");
  });

  it("not in packages that only use or name axio", async () => {
    const places = await Places.make();
    await places.install(
      places.global,
      "user",
      undefined,
      {},
      { dependencies: { axio: "1" }, keywords: ["axio"] },
    );
    expect(await places.find()).toMatchObject({ tools: [], problems: [] });
  });

  it("among three thousand packages", async () => {
    const places = await installed((at) => at.global);
    for (let start = 0; start < 3_000; start += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_none, index) =>
          places.install(places.global, `package-${start + index}`, undefined),
        ),
      );
    expect((await places.find()).tools).toHaveLength(1);
  });
});

describe("of two with one name", () => {
  it("the nearest to the project is used, and both are reported", async () => {
    const places = await installed((at) => join(at.root, "app", "node_modules"), "axio-clock-app");
    await places.install(places.global, "axio-clock-global", CLOCK, { "plugin.js": toolModule("Other") });
    const { tools, problems } = await places.find();
    expect(tools.map(({ packageName }) => packageName)).toEqual(["axio-clock-app"]);
    expect(problems).toMatchObject([
      { packageName: "axio-clock-global", kind: "tools", name: "clock", error: { code: "plugin-failed" } },
    ]);
    expect(problems[0]?.error.message).toMatch(
      /tools\/clock of axio-clock-global 1\.2\.3 .*axio-clock-app 1\.2\.3.*Remove one of them/,
    );
  });

  it("in one directory the alphabetically first is used, each time", async () => {
    const places = await Places.make();
    for (const name of ["b", "a", "c"])
      await places.install(places.global, name, CLOCK, { "plugin.js": toolModule(name) });
    for (let times = 0; times < 3; times += 1) {
      const { tools, problems } = await places.find();
      expect(tools.map(({ packageName }) => packageName)).toEqual(["a"]);
      expect(problems.map(({ packageName }) => packageName)).toEqual(["b", "c"]);
    }
    expect((await places.find({ disabled: ["a", "c"] })).tools.map(({ packageName }) => packageName)).toEqual(
      ["b"],
    );
  });

  it("two copies of one package are not a conflict", async () => {
    const places = await installed((at) => join(at.root, "app", "node_modules"));
    await places.install(places.global, "axio-clock", CLOCK, { "plugin.js": toolModule("Older") });
    const { tools, problems } = await places.find();
    expect(tools.map(({ origin }) => origin)).toEqual(["app"]);
    expect(problems).toEqual([]);
  });
});

describe("a disabled plugin", () => {
  it("is not used, by its own name or that of its package", async () => {
    const places = await installed((at) => at.global);
    expect(await places.find({ disabled: ["tools/clock"] })).toMatchObject({
      tools: [],
      disabled: ["tools/clock"],
    });
    expect(await places.find({ disabled: ["axio-clock"] })).toMatchObject({
      tools: [],
      disabled: ["axio-clock"],
    });
  });
});

describe("an invalid package is reported, and does not affect others", () => {
  it.each([
    ["not an object", "yes", /"axio" of its package\.json is a string\. It must be an object/],
    ["an unknown kind", { tool: {} }, /declares "tool".*It knows providers, tools/],
    [
      "a kind that is not an object",
      { tools: ["./plugin#tools"] },
      /"axio"\."tools" in its package\.json is a list/,
    ],
    [
      "a reference without an export",
      { tools: { bad: "./plugin" } },
      /tools\/bad of broken 1\.2\.3 .*names "\.\/plugin".*"\.\/plugin#provider"/,
    ],
    ["a reference that is not text", { tools: { bad: 3 } }, /names 3/],
    ["an invalid name", { tools: { "a b": "./plugin#tools" } }, /its name is "a b"/],
  ])("%s", async (_what, axio, message) => {
    const places = await installed((at) => at.global);
    await places.install(places.global, "broken", axio);
    const { tools, problems } = await places.find();
    expect(tools.map(({ name }) => name)).toEqual(["clock"]);
    expect(problems).toMatchObject([{ packageName: "broken", error: { code: "plugin-failed" } }]);
    expect(problems[0]?.error.message).toMatch(message);
  });

  it("a package.json that is not JSON, or a link to itself", async () => {
    const places = await installed((at) => at.global);
    await places.write(join(places.global, "torn/package.json"), '{ "axio": { "tools"');
    await symlink(join(places.global, "loop"), join(places.global, "loop"));
    const { tools, problems } = await places.find();
    expect(tools).toHaveLength(1);
    expect(problems.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(
        /^The package loop cannot be used: its folder is a link to itself\. Install it again/,
      ),
      expect.stringMatching(
        /^The package torn cannot be used: its package\.json is not valid JSON .*Install it again/,
      ),
    ]);
  });

  it("a package.json that cannot be read", async () => {
    const places = await Places.make();
    await mkdir(join(places.global, "odd/package.json"), { recursive: true });
    expect((await places.find()).problems[0]?.error.message).toMatch(
      /^The package odd cannot be used: its package\.json is not used: it is not a regular file\. Install it again, or check who owns /,
    );
  });

  it.each([
    "axio-clock (checked by npm)",
    "axio-clock 9.9.9",
    "../axio-clock",
    "@/clock",
    ".clock",
    "_clock",
    "cl\u043eck",
    "clock\u202e",
    "clock\n",
    "x".repeat(215),
    "node_modules",
    { toString: "clock" },
  ])("a package whose name npm does not allow: %j", async (name) => {
    const places = await installed((at) => at.global);
    await places.install(places.global, "broken", { tools: { other: "./plugin#tools" } }, {}, { name });
    const { tools, problems } = await places.find();
    expect(tools.map((tool) => tool.name)).toEqual(["clock"]);
    expect(problems.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(
        /^The package broken cannot be used: .*which npm does not allow\. Install it again/,
      ),
    ]);
  });

  it.each(["1.0.0 (official)", "1", "latest", "1.0.0\n", `1.0.0-${"x".repeat(200)}`, { major: 1 }])(
    "a version that npm does not allow is left out: %j",
    async (version) => {
      const places = await Places.make();
      await places.install(
        places.global,
        "axio-clock",
        CLOCK,
        { "plugin.js": toolModule("Clock") },
        { version },
      );
      expect((await places.find()).tools).toMatchObject([{ packageVersion: "" }]);
    },
  );

  it("a listed directory or package that does not exist", async () => {
    const places = await Places.make();
    await mkdir(join(places.root, "empty"));
    const { problems } = await places.find({ listed: [join(places.root, "empty"), "axio-nowhere"] });
    expect(problems.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/empty cannot be used: the settings list this folder.*Correct the path/),
      expect.stringMatching(/axio-nowhere cannot be used.*npm install --global axio-nowhere/),
    ]);
  });
});
