import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { programSettings, quietGit } from "../../src/trust/git-config.ts";
import { temporaryDirectory } from "../support/project.ts";

const ORDINARY = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
	fsmonitor = false
[remote "origin"]
	url = git@github.com:ada/engine.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[remote "mirror"]
	url = https://example.com/engine
[branch "main"]
	remote = origin
	merge = refs/heads/main
[user]
	name = Ada ; not a program
[submodule "lib"]
	url = ../lib.git
	active = true
[pull]
	rebase = true
`;

describe("the configuration of a repository", () => {
  it("of an ordinary clone runs nothing", () => {
    expect(programSettings(ORDINARY)).toEqual([]);
  });

  it.each([
    ["[core]\n\tfsmonitor = ./x.sh", "core.fsmonitor"],
    ["[core]\n\tfsmonitor", "core.fsmonitor"],
    ["[CORE]\n  FSMonitor = x", "core.fsmonitor"],
    ["[core] fsmonitor = x", "core.fsmonitor"],
    ["[core]\n\tfs\\\nmonitor = x", "core.fsmonitor"],
    ['[core]\n\thookspath = "./hooks"', "core.hookspath"],
    ["[core]\r\n\tpager = less\r\n", "core.pager"],
    ["[core]\n\teditor = x", "core.editor"],
    ["[core]\n\tsshCommand = x", "core.sshcommand"],
    ["[core]\n\tworktree = /", "core.worktree"],
    ["[core]\n\tattributesFile = x", "core.attributesfile"],
    ['[filter "lfs"]\n\tclean = x', "filter.lfs.clean"],
    ['[filter "a\\"b"]\n\tsmudge = x', 'filter.a"b.smudge'],
    ["[filter.lfs]\n\tprocess = x", "filter.lfs.process"],
    ['[diff "pdf"]\n\ttextconv = x', "diff.pdf.textconv"],
    ["[diff]\n\texternal = x", "diff.external"],
    ['[merge "x"]\n\tdriver = x', "merge.x.driver"],
    ["[alias]\n\tst = !x", "alias.st"],
    ["[include]\n\tpath = ../more", "include.path"],
    ['[includeIf "gitdir:/"]\n\tpath = x', "includeif.gitdir:/.path"],
    ["[credential]\n\thelper = !x", "credential.helper"],
    ["[gpg]\n\tprogram = x", "gpg.program"],
    ['[remote "o"]\n\turl = ext::sh -c x', "remote.o.url"],
    ['[remote "o"]\n\turl = --upload-pack=x', "remote.o.url"],
    ['[remote "o"]\n\tuploadpack = x', "remote.o.uploadpack"],
    ['[submodule "s"]\n\tupdate = !x', "submodule.s.update"],
    ["[init]\n\ttemplateDir = x", "init.templatedir"],
    ["[uploadpack]\n\tpackObjectsHook = x", "uploadpack.packobjectshook"],
    ['[lfs "customtransfer.x"]\n\tpath = x', "lfs.customtransfer.x.path"],
    ["[pager]\n\tstatus = x", "pager.status"],
    ["[core]\n= nonsense", "?"],
    ["\u0000\u0001", "?"],
  ])("names what %j can run", (text, name) => {
    expect(programSettings(text).map((setting) => setting.name)).toEqual([name]);
  });

  it("is turned off for commands, with its filters", () => {
    const env = quietGit(programSettings('[filter "x"]\n\tclean = evil\n[alias]\n\tst = !x'));
    expect(env).toMatchObject({ GIT_CONFIG_COUNT: "4", GIT_CONFIG_KEY_3: "filter.x.clean" });
  });

  it.each([
    ["status", []],
    ["ls-files", ["--others", "--exclude-standard"]],
    ["diff", []],
    ["add", ["-A"]],
    ["commit", ["--allow-empty", "-m", "x"]],
    ["checkout", ["-b", "y"]],
    ["-C", ["inner", "status"]],
  ])("of a repository runs nothing during git %s %j", needs(POSIX), async (command, args) => {
    const folder = await temporaryDirectory();
    const canary = join(folder, "canary");
    const program = join(folder, "run.sh");
    await writeFile(program, `#!/bin/sh\necho ran >> ${canary}\ncat\n`);
    await chmod(program, 0o755);
    const repository = join(folder, "repository");
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a",
    };
    execFileSync("git", ["init", "-q", repository], { env });
    await writeFile(join(repository, "a.txt"), "a\n");
    execFileSync("git", ["-C", repository, "add", "a.txt"], { env });
    execFileSync("git", ["-C", repository, "commit", "-q", "-m", "first"], { env });
    execFileSync("git", ["init", "-q", "--bare", join(repository, "inner")], { env });
    const config = `[core]\n\tfsmonitor = ${program}\n\thooksPath = ${join(repository, "hooks")}\n[filter "x"]\n\tclean = ${program}\n\tsmudge = ${program}\n[diff]\n\texternal = ${program}\n[diff "x"]\n\ttextconv = ${program}\n\tcommand = ${program}\n`;
    await appendFile(join(repository, ".git/config"), config);
    await writeFile(
      join(repository, "inner/config"),
      `[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = ${program}\n`,
    );
    await writeFile(join(repository, ".gitattributes"), "*.txt filter=x diff=x\n");
    await mkdir(join(repository, "hooks"));
    for (const hook of ["pre-commit", "post-checkout", "post-commit"]) {
      await writeFile(join(repository, "hooks", hook), `#!/bin/sh\n${program}\n`);
      await chmod(join(repository, "hooks", hook), 0o755);
    }
    await writeFile(join(repository, "a.txt"), "bb\n");
    spawnSync("git", [command, ...args], {
      cwd: repository,
      env: { ...env, ...quietGit(programSettings(config)) },
    });
    expect(existsSync(canary)).toBe(false);
  });
});
