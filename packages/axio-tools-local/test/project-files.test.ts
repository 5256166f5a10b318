import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePipe } from "test-support/make-pipe";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { listProjectFiles } from "../src/project-files.ts";
import { workspace } from "./support/workspace.ts";

const list = async (directory: string, maxEntries = 1_000): Promise<readonly string[]> =>
  [...(await listProjectFiles(directory, { maxEntries, signal: new AbortController().signal }))].sort();

describe("the files of a project", needs(POSIX), () => {
  it("are listed without ignored and installed ones", async () => {
    const { directory } = await workspace({
      ".gitignore": "*.log\n!keep.log\n",
      "a.ts": "",
      "src/b.ts": "",
      "src/x.log": "",
      "src/keep.log": "",
      "node_modules/x/index.js": "",
      "packages/y/node_modules/z/index.js": "",
      ".git/config": "",
    });
    expect(await list(directory)).toEqual([".gitignore", "a.ts", "src/b.ts", "src/keep.log"]);
  });

  it("are listed up to a limit", async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_none, index) => [`${index}.txt`, ""]));
    const { directory } = await workspace(files);
    expect(await list(directory, 10)).toHaveLength(10);
  });

  it("are listed although a .gitignore is a pipe, a link to a device, or leads outside", async () => {
    const { directory, outside } = await workspace({ "pipe/a": "", "device/b": "", "outside/c": "" });
    makePipe(join(directory, "pipe/.gitignore"));
    await symlink("/dev/zero", join(directory, "device/.gitignore"));
    await symlink(join(outside, "secret.txt"), join(directory, "outside/.gitignore"));
    expect(await list(directory)).toEqual(["device/b", "outside/c", "pipe/a"]);
  });

  it("are listed without running what a repository, a bare one inside it, or the environment configures", async () => {
    const { directory, outside } = await workspace({ "a.ts": "", ".gitattributes": "* filter=evil\n" });
    const [program, canary] = [join(outside, "run.sh"), join(outside, "canary")];
    await writeFile(program, `#!/bin/sh\necho ran >> ${canary}\n`);
    await chmod(program, 0o755);
    const bare = join(directory, "vendor");
    await mkdir(bare);
    execFileSync("git", ["init", "-q", directory]);
    execFileSync("git", ["init", "-q", "--bare", bare]);
    for (const git of [join(directory, ".git"), bare])
      await writeFile(
        join(git, "config"),
        `[core]\n\tbare = false\n\tworktree = ${directory}\n\tfsmonitor = ${program}\n\thooksPath = ${outside}\n[filter "evil"]\n\tclean = ${program}\n\tprocess = ${program}\n[include]\n\tpath = ${outside}/more\n`,
      );
    expect(await list(directory)).toContain("a.ts");
    expect(await list(bare)).toContain("HEAD");
    expect(existsSync(canary)).toBe(false);
  });
});
