import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { openOutput } from "axio-cli/internal";
import { describe, expect, it } from "vitest";
import { askForTrust, leftOutLine } from "../../src/cli/trust.ts";
import type { AppIo } from "../../src/host/io.ts";
import type { OpenedFolder } from "../../src/host/open-folder.ts";
import type { FolderItem, ItemState } from "../../src/trust/folder-item.ts";
import { memorySettings } from "../support/test-options.ts";

const FOLDER = "/home/ada/project";
const PLUGIN: FolderItem = {
  kind: "plugin",
  place: "node_modules/axio-clock",
  details: ["axio-clock 1.0.0", "tools/clock"],
  hash: "a1",
};
const TRUSTED = { "plugin node_modules/axio-clock": { hash: "a1", trusted: true } };
const REFUSED = { "plugin node_modules/axio-clock": { hash: "a1", trusted: false } };

function opened(state: ItemState, item = PLUGIN, folder = FOLDER): OpenedFolder {
  return { contents: { folder }, decided: [{ item, state }] } as unknown as OpenedFolder;
}

async function ask(answer: string, folder = opened("new")) {
  const settings = memorySettings({ trust: {} });
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  stdin.end(answer);
  const io = { stdin, stdout, signal: new AbortController().signal } as unknown as AppIo;
  const output = text(stdout);
  const isDecided = await askForTrust(folder, settings, { io, out: openOutput(stdout, {}, false) });
  stdout.end();
  return { isDecided, trust: settings.current.trust, output: await output };
}

describe("what a folder brings", () => {
  it("is listed with its place, after the folder, before it may be used", async () => {
    const { output } = await ask("no\n");
    expect(output).toMatch(
      /^The folder \/home\/ada\/project brings:\n\n {2}Plugins \(run on this computer with your permissions\)\n {4}node_modules\/axio-clock\n {6}axio-clock 1\.0\.0\n {6}tools\/clock\n/,
    );
  });

  it("is marked if it has changed", async () => {
    const { output } = await ask("no\n", opened("changed"));
    expect(output).toContain("brings something that has changed");
    expect(output).toContain("node_modules/axio-clock (changed)");
  });

  it.each([
    ["trust\n", true, { [FOLDER]: TRUSTED }],
    [" TRUST \n", true, { [FOLDER]: TRUSTED }],
    ["no\n", true, { [FOLDER]: REFUSED }],
    // Nothing is preselected: the question remains until an answer is typed out.
    ["\n\n\ntrust\n", true, { [FOLDER]: TRUSTED }],
    ["\n", false, {}],
    ["y\nyes\nt\na\n1\n", false, {}],
    ["trust me\nplease trust\ndo not trust\n", false, {}],
    // Ctrl-D: no answer, so the app asks again next time.
    ["", false, {}],
  ])("%j is remembered", async (answer, isDecided, trust) => {
    expect(await ask(answer)).toMatchObject({ isDecided, trust });
  });

  it("stays undecided if the user leaves", async () => {
    const stop = new AbortController();
    const settings = memorySettings({ trust: {} });
    const io = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      signal: stop.signal,
    } as unknown as AppIo;
    const asked = askForTrust(opened("new"), settings, { io, out: openOutput(new PassThrough(), {}, false) });
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(settings.current.trust).toEqual({});
  });

  it.each(["trusted", "refused"] as const)("is not asked about again if it is %s", async (state) => {
    expect(await ask("trust\n", opened(state))).toMatchObject({ isDecided: false, trust: {}, output: "" });
  });

  it.each([
    ["a right-to-left override", "axio\u202etxt.exe"],
    ["an escape sequence", "axio\x1b[2J\x1b[H"],
    ["a new line", "axio\n  trusted by npm"],
    ["a zero-width space", "git\u200bhub.com"],
    ["a look-alike letter", "p\u0430ypal"],
    ["a typographic quote", "say \u201chi\u201d"],
    ["tag characters", "a\u{e0041}b"],
    ["blank letters", "a\u3164b\u2800c"],
  ])("shows %s escaped, in names, places and the folder", async (_what, name) => {
    const item: FolderItem = { kind: "mcp", place: `${name}/.mcp.json`, details: [name], hash: "" };
    const { output } = await ask("no\n", opened("new", item, `/home/${name}`));
    expect(output.replaceAll("\n", "")).toMatch(/^[\x20-\x7e]*$/);
    expect(output.match(/\\u\{[0-9a-f]+\}/g)?.length).toBeGreaterThanOrEqual(3);
    expect(leftOutLine(opened("new", item))).toMatch(/^[\x20-\x7e]*$/);
  });
});
