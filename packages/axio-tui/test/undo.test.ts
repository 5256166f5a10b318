import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { defineTool } from "axio";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./support/project.ts";
import { type RunningApp, startApp, temporarySessions } from "./support/running-app.ts";
import { KEYS } from "./support/virtual-screen.ts";

type Files = { readonly [path: string]: string };

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function read(folder: string, ...paths: readonly string[]): Promise<readonly (string | undefined)[]> {
  return Promise.all(paths.map((path) => readFile(join(folder, path), "utf8").catch(() => undefined)));
}

/** A tool that does to files what the test says, as a shell command may. */
function shellTool(steps: readonly (() => Promise<unknown>)[]) {
  const rest = [...steps];
  return defineTool({
    name: "shell",
    description: "",
    inputSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
    execute: async () => {
      await rest.shift()?.();
      return "done";
    },
  });
}

/** Runs one prompt per step, each with one command that does the step. */
async function changed(
  folder: string,
  steps: readonly (() => Promise<unknown>)[],
  rows = 40,
): Promise<RunningApp> {
  const sessions = await temporarySessions();
  const app = await startApp({
    sessions,
    cwd: folder,
    rows,
    answers: steps.flatMap((_step, at) => [
      toolAnswer(toolUse(`c${at}`, "shell", { command: `step ${at}` })),
      textAnswer(`Step ${at} is done.`),
    ]),
    tools: () => [shellTool(steps)],
  });
  for (const at of steps.keys()) {
    app.say(`Do step ${at}`);
    await app.screen.shows(
      (screen) => screen.includes(`Step ${at} is done.`) && !screen.includes("Esc stops"),
    );
  }
  return app;
}

/** Whether the second prompt is in the prompt line only. */
function isRewound(screen: string): boolean {
  return /[›>] Do step 1\n/.test(screen) && !screen.includes("Step 1 is done");
}

const OLD = "one\ntwo\nthree\n";

describe("/undo", () => {
  it("restores what a command changed, created and deleted, and /redo brings it back", async () => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": OLD, "src/gone.txt": "gone", "run.sh": "#!/bin/sh\n" });
    const app = await changed(folder, [
      async () => {
        await write(folder, { "a.txt": "one\n2\nthree\n", "new/deep.txt": "new" });
        await rm(join(folder, "src"), { recursive: true });
        await chmod(join(folder, "run.sh"), 0o755);
      },
    ]);
    app.say("/undo");
    await app.screen.shows("The changes of the last run are undone");
    expect(await read(folder, "a.txt", "src/gone.txt", "new/deep.txt")).toEqual([OLD, "gone", undefined]);
    expect((await stat(join(folder, "run.sh"))).mode & 0o111).toBe(0);
    await expect(stat(join(folder, "new"))).rejects.toThrow();
    app.say("/redo");
    await app.screen.shows("The undone changes are back");
    expect(await read(folder, "a.txt", "src/gone.txt", "new/deep.txt")).toEqual([
      "one\n2\nthree\n",
      undefined,
      "new",
    ]);
    expect((await stat(join(folder, "run.sh"))).mode & 0o111).toBe(0o111);
  });

  it("goes back run by run, says when there is no more, and works after a restart", async () => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": "0" });
    const app = await changed(folder, [
      () => write(folder, { "a.txt": "1" }),
      () => write(folder, { "a.txt": "2" }),
    ]);
    const { sessions } = app;
    const again = await startApp({ sessions, cwd: folder, start: { session: { type: "last" } } });
    await again.screen.shows("Step 1 is done");
    for (const content of ["1", "0"]) {
      again.say("/undo");
      await again.screen.shows(() => again.screen.written.includes("undone"));
      await expect.poll(() => read(folder, "a.txt")).toEqual([content]);
    }
    again.say("/undo");
    await again.screen.shows("There are no changes to undo");
  });

  it("asks before it overwrites what someone else has changed, and keeps it for /redo", async () => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": "old", "b.txt": "old" });
    const app = await changed(folder, [() => write(folder, { "a.txt": "new", "b.txt": "new" })]);
    await write(folder, { "a.txt": "mine" });
    app.say("/undo");
    const question = await app.screen.shows("a.txt was changed since");
    expect(question).toContain("Keep them, and restore b.txt");
    expect(await read(folder, "a.txt", "b.txt")).toEqual(["mine", "new"]);
    app.keyboard.type(KEYS.down);
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("are undone");
    expect(await read(folder, "a.txt", "b.txt")).toEqual(["old", "old"]);
    app.say("/redo");
    await app.screen.shows("are back");
    expect(await read(folder, "a.txt", "b.txt")).toEqual(["mine", "new"]);
  });

  it.each([
    ["keeps it", [KEYS.enter], ["mine", "old"]],
    ["changes nothing on Cancel", [KEYS.down, KEYS.down, KEYS.enter], ["mine", "new"]],
    ["changes nothing on Escape", [KEYS.escape], ["mine", "new"]],
  ] as const)("if asked about a changed file: %s", async (_title, keys, content) => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": "old", "b.txt": "old" });
    const app = await changed(folder, [() => write(folder, { "a.txt": "new", "b.txt": "new" })]);
    await write(folder, { "a.txt": "mine" });
    app.say("/undo");
    await app.screen.shows("a.txt was changed since");
    for (const key of keys) app.keyboard.type(key);
    await app.screen.shows((screen) => !screen.includes("was changed since"));
    await expect.poll(() => read(folder, "a.txt", "b.txt")).toEqual(content);
  });

  it("leaves ignored files of commands, .git and files outside alone", async () => {
    const outside = await temporaryDirectory();
    const folder = await temporaryDirectory();
    await write(outside, { "victim.txt": "safe" });
    await write(folder, { ".gitignore": "build/\n", "build/out": "0", ".git/HEAD": "0", "dir/a.txt": "0" });
    const app = await changed(folder, [
      async () => {
        await write(folder, { "build/out": "1", ".git/HEAD": "1", "dir/victim.txt": "created" });
      },
    ]);
    // A link takes the place of the directory.
    await rm(join(folder, "dir"), { recursive: true });
    await symlink(outside, join(folder, "dir"));
    app.say("/undo");
    await app.screen.shows(/was changed since|No file was changed|not a folder/);
    expect(await read(outside, "victim.txt")).toEqual(["safe"]);
    expect(await read(folder, "build/out", ".git/HEAD")).toEqual(["1", "1"]);
  });
});

describe("/diff", () => {
  it("shows all changes of the conversation, with sums, colored", async () => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": OLD, "b.bin": "\0" });
    const app = await changed(folder, [
      () => write(folder, { "a.txt": "one\n2\nthree\n", "tmp.txt": "x" }),
      async () => {
        await write(folder, { "new.txt": "first\nsecond\n", "b.bin": "\0\0" });
        await rm(join(folder, "tmp.txt"));
      },
    ]);
    app.say("/diff");
    const screen = await app.screen.shows("Esc close");
    expect(screen).toContain("3 files changed");
    expect(screen).toContain("+3 -1");
    expect(screen).toMatch(/a\.txt {2}changed {2}\+1 -1/);
    expect(screen).toMatch(/b\.bin {2}changed {2}binary/);
    expect(screen).toMatch(/new\.txt {2}created {2}\+2 -0/);
    expect(screen).toMatch(/-two\n\+2\n/);
    expect(screen).not.toContain("tmp.txt");
  });

  it("is empty after everything was undone", async () => {
    const folder = await temporaryDirectory();
    const app = await changed(folder, [() => write(folder, { "a.txt": "1" })]);
    app.say("/undo");
    await app.screen.shows("are undone");
    app.say("/diff");
    await app.screen.shows("has not changed any files");
  });
});

describe("rewind", () => {
  it("goes back to an earlier prompt with Esc Esc: conversation, files, and the prompt to edit", async () => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": "0" });
    const app = await changed(folder, [
      () => write(folder, { "a.txt": "1" }),
      () => write(folder, { "a.txt": "2" }),
    ]);
    app.keyboard.type(KEYS.escape);
    await app.screen.shows("Press Esc again");
    app.keyboard.type(KEYS.escape);
    const list = await app.screen.shows("Go back to before");
    expect(list).toMatch(/Do step 1.*1 file changed since\n.*Do step 0.*1 file changed since/);
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("The conversation and the files");
    app.keyboard.type(KEYS.enter);
    const screen = await app.screen.shows(isRewound);
    await expect.poll(() => read(folder, "a.txt")).toEqual(["1"]);
    expect(screen).toContain("Step 0 is done");
    app.keyboard.type(KEYS.ctrlC);
    app.say("/redo");
    await app.screen.shows("Step 1 is done");
    await expect.poll(() => read(folder, "a.txt")).toEqual(["2"]);
  });

  it.each([
    ["the conversation only", 1, "2", false],
    ["the files only", 2, "1", true],
  ] as const)("can restore %s", async (_title, downs, content, staysThere) => {
    const folder = await temporaryDirectory();
    await write(folder, { "a.txt": "0" });
    const app = await changed(folder, [
      () => write(folder, { "a.txt": "1" }),
      () => write(folder, { "a.txt": "2" }),
    ]);
    app.say("/rewind");
    await app.screen.shows("Go back to before");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("Go back with");
    for (let moves = 0; moves < downs; moves += 1) app.keyboard.type(KEYS.down);
    app.keyboard.type(KEYS.enter);
    await app.screen.shows(staysThere ? "The files are as before" : isRewound);
    await expect.poll(() => read(folder, "a.txt")).toEqual([content]);
    expect(app.screen.text().includes("Step 1 is done")).toBe(staysThere);
  });

  it("keeps the whole conversation in the list of sessions", async () => {
    const folder = await temporaryDirectory();
    const app = await changed(folder, [async () => undefined, async () => undefined]);
    app.say("/rewind");
    await app.screen.shows("Go back to before");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows(isRewound);
    const counts = (await app.sessions.list()).map(({ messageCount }) => messageCount);
    expect(counts.sort()).toEqual([4, 8]);
  });
});
