import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePipe } from "test-support/make-pipe";
import { needs, POSIX } from "test-support/requirements";
import { expect, it } from "vitest";
import { gitBranch } from "../../src/status/git-branch.ts";
import { temporaryDirectory } from "../support/project.ts";

async function repository(head: string): Promise<string> {
  const folder = await temporaryDirectory();
  await mkdir(join(folder, ".git"));
  await mkdir(join(folder, "src", "deep"), { recursive: true });
  await writeFile(join(folder, ".git", "HEAD"), head);
  return folder;
}

it.each([
  ["ref: refs/heads/main\n", "main"],
  ["ref: refs/heads/feature/a-b\n", "feature/a-b"],
  [`${"a1b2c3d4".repeat(5)}\n`, "a1b2c3d4"],
  ["ref: refs/remotes/x\n", undefined],
  ["", undefined],
  ["x".repeat(10_000), undefined],
])("reads %j", async (head, branch) => {
  const folder = await repository(head);
  expect(await gitBranch(folder, "/nowhere")).toBe(branch);
  expect(await gitBranch(join(folder, "src", "deep"), "/nowhere")).toBe(branch);
});

it("follows the file of a worktree", async () => {
  const [main, worktree] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(main, "HEAD"), "ref: refs/heads/topic\n");
  await writeFile(join(worktree, ".git"), `gitdir: ${main}\n`);
  expect(await gitBranch(worktree, "/nowhere")).toBe("topic");
});

it("stops at the home directory, and without a repository", async () => {
  const folder = await repository("ref: refs/heads/dotfiles\n");
  expect(await gitBranch(join(folder, "src"), join(folder, "src"))).toBeUndefined();
});

it("neither blocks at a pipe nor follows a link out of the folder", needs(POSIX), async () => {
  const folder = await temporaryDirectory();
  await mkdir(join(folder, ".git"));
  makePipe(join(folder, ".git", "HEAD"));
  expect(await gitBranch(folder, folder)).toBeUndefined();
  const [linked, secret] = [await temporaryDirectory(), await repository("ref: refs/heads/secret\n")];
  await symlink(join(secret, ".git"), join(linked, ".git"));
  expect(await gitBranch(linked, linked)).toBeUndefined();
});
