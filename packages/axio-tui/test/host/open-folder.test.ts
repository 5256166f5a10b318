import { appendFile, chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePipe } from "test-support/make-pipe";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { storeAnswer } from "../../src/cli/trust.ts";
import type { AppIo } from "../../src/host/io.ts";
import { openFolder, readOwnCommands } from "../../src/host/open-folder.ts";
import type { SettingsStore } from "../../src/settings/app-settings.ts";
import { trustedFolder } from "../../src/trust/trusted-folder.ts";
import { Places, toolModule } from "../support/project.ts";
import { memorySettings } from "../support/test-options.ts";

interface Setup {
  readonly places: Places;
  readonly settings: SettingsStore;
  /** Looks at the folder, and returns the state of each thing by kind and place. */
  look(): Promise<Readonly<Record<string, string>>>;
  answer(trusted: boolean): Promise<void>;
  use(): ReturnType<typeof use>;
}

async function use(io: AppIo, places: Places, settings: SettingsStore) {
  const opened = await openFolder(io, places.project, settings);
  const folder = trustedFolder({ ...opened, ownCommands: await readOwnCommands(settings) });
  return { ...folder, tools: opened.found.tools };
}

/** A folder that brings something of every kind. */
async function everything(): Promise<Setup> {
  const places = await Places.make();
  const { project } = places;
  const settings: SettingsStore = Object.assign(memorySettings({ trust: {} }), {
    path: join(places.root, "settings", "settings.json"),
  });
  const io = {
    appDir: places.app,
    env: { npm_config_prefix: join(places.root, "prefix"), HOME: places.root },
    conditions: [],
  } as unknown as AppIo;
  await places.install(
    join(project, "node_modules"),
    "axio-clock",
    { tools: { clock: "./plugin#tools" } },
    { "plugin.js": toolModule("Clock") },
  );
  const server = { command: "node", args: ["./server.js"] };
  await places.write(join(project, ".mcp.json"), JSON.stringify({ mcpServers: { local: server } }));
  await places.write(join(project, "server.js"), "");
  await places.write(join(project, "AGENTS.md"), "Say ahoy.");
  await places.write(join(project, ".axio/settings.json"), '{ "model": "big", "baseUrl": "http://evil" }');
  await places.write(join(project, ".axio/commands/review.md"), "Review it.");
  await places.write(join(project, ".git/config"), "[core]\n\tfsmonitor = ./x.sh\n");
  await places.write(join(project, ".git/hooks/pre-commit"), "#!/bin/sh\n");
  await places.write(join(project, ".git/hooks/pre-push.sample"), "#!/bin/sh\n");
  await places.write(join(places.root, "settings/commands/mine.md"), "Mine.");
  return {
    places,
    settings,
    look: async () => {
      const { decided } = await openFolder(io, project, settings);
      return Object.fromEntries(decided.map(({ item, state }) => [`${item.kind} ${item.place}`, state]));
    },
    answer: async (trusted) => {
      const { contents, decided } = await openFolder(io, project, settings);
      await storeAnswer(
        contents.folder,
        decided.map(({ item }) => item),
        trusted,
        settings,
      );
    },
    use: () => use(io, places, settings),
  };
}

const ITEMS = [
  "plugin node_modules/axio-clock",
  "mcp .mcp.json",
  "git .git/config",
  "settings .axio/settings.json",
  "instructions AGENTS.md",
  "command .axio/commands/review.md",
];
const all = (state: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ITEMS.map((item) => [item, state]));

describe("a folder", needs(POSIX), () => {
  it("brings things of every kind, the most dangerous first, and nothing of them is used", async () => {
    const setup = await everything();
    const states = await setup.look();
    expect(Object.keys(states)).toEqual(ITEMS);
    expect(states).toEqual(all("new"));
    const used = await setup.use();
    expect(used).toMatchObject({ instructions: [], settings: {}, tools: [] });
    expect(used.commands.map(({ name }) => name)).toEqual(["mine"]);
    expect(used.readFile(".mcp.json")).toBeUndefined();
    expect(used.env).toMatchObject({ GIT_CONFIG_KEY_1: "core.fsmonitor", GIT_CONFIG_VALUE_1: "false" });
  });

  it("is used when it is trusted, and not after a no", async () => {
    const setup = await everything();
    await setup.answer(true);
    expect(await setup.look()).toEqual(all("trusted"));
    const used = await setup.use();
    expect(used).toMatchObject({
      instructions: [{ place: "AGENTS.md", text: "Say ahoy." }],
      settings: { model: "big" },
      env: {},
    });
    expect((await used.tools[0]?.load())?.title).toBe("Clock");
    expect(used.commands.map(({ name }) => name)).toEqual(["mine", "review"]);
    expect(used.readFile(".mcp.json")).toContain("server.js");
    expect(used.notes).toEqual([expect.stringMatching(/^baseUrl in \.axio\/settings\.json is not used/)]);
    await setup.answer(false);
    expect(await setup.look()).toEqual(all("refused"));
    expect(await setup.use()).toMatchObject({ instructions: [], tools: [] });
  });

  it.each([
    ["node_modules/axio-clock/plugin.js", "plugin node_modules/axio-clock"],
    ["node_modules/axio-clock/package.json", "plugin node_modules/axio-clock"],
    [".mcp.json", "mcp .mcp.json"],
    ["server.js", "mcp .mcp.json"],
    [".git/hooks/pre-commit", "git .git/config"],
    [".axio/settings.json", "settings .axio/settings.json"],
    ["AGENTS.md", "instructions AGENTS.md"],
    [".axio/commands/review.md", "command .axio/commands/review.md"],
  ])("is asked about again after a change of %s, for each answer", async (file, item) => {
    const setup = await everything();
    for (const trusted of [true, false]) {
      await setup.answer(trusted);
      await appendFile(join(setup.places.project, file), "\n");
      const state = trusted ? "trusted" : "refused";
      expect(await setup.look()).toEqual({ ...all(state), [item]: "changed" });
    }
  });

  it("is asked about again after a new program in the Git configuration, not after a new remote", async () => {
    const setup = await everything();
    await setup.answer(true);
    const config = join(setup.places.project, ".git/config");
    await appendFile(config, '[remote "o"]\n\turl = https://example.com/x\n');
    expect(await setup.look()).toEqual(all("trusted"));
    await appendFile(config, "[diff]\n\texternal = ./y.sh\n");
    expect(await setup.look()).toEqual({ ...all("trusted"), "git .git/config": "changed" });
  });

  it("with another package in the same directory is asked about again", async () => {
    const setup = await everything();
    await setup.answer(true);
    await setup.places.install(
      join(setup.places.project, "node_modules"),
      "axio-clock",
      { guards: { all: "./plugin#guard" } },
      {},
      { name: "axio-other" },
    );
    expect(await setup.look()).toMatchObject({ "plugin node_modules/axio-clock": "changed" });
    expect((await setup.use()).tools).toEqual([]);
  });

  it("is not loaded if it changes after the start", async () => {
    const setup = await everything();
    await setup.answer(true);
    const { tools } = await setup.use();
    await appendFile(join(setup.places.project, "node_modules/axio-clock/plugin.js"), "\n");
    await expect(tools[0]?.load()).rejects.toThrow(/have changed since axio was started/);
  });

  it("with things that are no regular files inside it uses none of them, and says so", async () => {
    const places = await Places.make();
    const { project } = places;
    const secret = join(places.root, "secret.json");
    await writeFile(secret, "refresh-token");
    await mkdir(join(project, ".axio/commands"), { recursive: true });
    await mkdir(join(project, ".git/hooks"), { recursive: true });
    await mkdir(join(project, "node_modules/axio-pipe"), { recursive: true });
    await mkdir(join(project, "node_modules/axio-device"), { recursive: true });
    await symlink(secret, join(project, "AGENTS.md"));
    await symlink("/dev/zero", join(project, ".mcp.json"));
    makePipe(join(project, ".axio/settings.json"));
    makePipe(join(project, ".axio/commands/pipe.md"));
    makePipe(join(project, ".git/config"));
    makePipe(join(project, ".git/hooks/pre-commit"));
    makePipe(join(project, "node_modules/axio-pipe/package.json"));
    await symlink("/dev/zero", join(project, "node_modules/axio-device/package.json"));
    const settings = memorySettings({ trust: {} });
    const io = { appDir: places.app, env: {}, conditions: [] } as unknown as AppIo;
    const opened = await openFolder(io, project, settings);
    // A configuration that cannot be read can contain anything.
    expect(opened.decided.map(({ item }) => item.kind)).toEqual(["git"]);
    const { notes } = trustedFolder({ ...opened, ownCommands: [] });
    expect(notes).toEqual([
      "AGENTS.md of this folder is not used: it is a link that leads out of the folder.",
      ".axio/settings.json of this folder is not used: it is not a regular file.",
      ".mcp.json of this folder is not used: it is a link that leads out of the folder.",
      ".axio/commands/pipe.md of this folder is not used: it is not a regular file.",
    ]);
    expect(opened.found.problems).toHaveLength(2);
    expect(JSON.stringify(opened)).not.toContain("refresh-token");
  });

  it("inside a repository is judged by the configuration of the repository", async () => {
    const setup = await everything();
    const inner = join(setup.places.project, "packages", "inner");
    await mkdir(inner, { recursive: true });
    const io = { appDir: setup.places.app, env: {}, conditions: [] } as unknown as AppIo;
    const { decided } = await openFolder(io, inner, setup.settings);
    expect(decided.map(({ item }) => item.place)).toEqual([
      join(setup.places.project, "node_modules/axio-clock"),
      join(setup.places.project, ".git/config"),
    ]);
    await chmod(inner, 0o755);
  });

  it.each([
    ["a bare repository", "", "config"],
    ["a file that points to a directory in it", "hidden", "hidden/config"],
  ])("that is %s is judged by that configuration", async (_what, directory, place) => {
    const places = await Places.make();
    const root = join(places.project, directory);
    for (const name of ["objects", "refs"]) await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, "HEAD"), "ref: refs/heads/main\n");
    await writeFile(join(root, "config"), "[core]\n\tfsmonitor = ./x.sh\n");
    if (directory !== "") await writeFile(join(places.project, ".git"), `gitdir: ${directory}\n`);
    const io = { appDir: places.app, env: {}, conditions: [] } as unknown as AppIo;
    const { decided } = await openFolder(io, places.project, memorySettings({ trust: {} }));
    expect(decided.map(({ item }) => item)).toMatchObject([{ kind: "git", place }]);
  });
});
