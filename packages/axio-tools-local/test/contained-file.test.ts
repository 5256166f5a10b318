import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePipe } from "test-support/make-pipe";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { readContainedFile, readRegularFile } from "../src/contained-file.ts";
import { workspace } from "./support/workspace.ts";

const LIMIT = 1_000;

describe("a file of a foreign folder", needs(POSIX), () => {
  it("is read, also through a link that stays inside", async () => {
    const { directory } = await workspace({ "docs/notes.md": "Hello.\n", "empty.md": "" });
    await symlink("docs/notes.md", join(directory, "link.md"));
    for (const name of ["docs/notes.md", "link.md"])
      expect(await readContainedFile(directory, name, LIMIT)).toEqual({
        status: "read",
        path: join(directory, "docs/notes.md"),
        bytes: Buffer.from("Hello.\n"),
      });
    expect(await readContainedFile(directory, "empty.md", LIMIT)).toMatchObject({ bytes: Buffer.from("") });
    expect(await readContainedFile(directory, "none.md", LIMIT)).toEqual({ status: "missing" });
    expect(await readContainedFile(directory, "empty.md/none.md", LIMIT)).toEqual({ status: "missing" });
  });

  const make: Readonly<Record<string, (directory: string, outside: string, path: string) => unknown>> = {
    "a link to a file outside": (_inside, outside, path) => symlink(join(outside, "secret.txt"), path),
    "a relative link that leaves": (_inside, _outside, path) => symlink("../outside/secret.txt", path),
    "a link to a device": (_inside, _outside, path) => symlink("/dev/zero", path),
    "a link to a file of the process": (_inside, _outside, path) => symlink("/proc/self/environ", path),
    "a link to itself": (_inside, _outside, path) => symlink("trap", path),
    "a link to nothing": (_inside, _outside, path) => symlink("nothing", path),
    "a link to a pipe": async (inside, _outside, path) => {
      makePipe(join(inside, "pipe"));
      await symlink("pipe", path);
    },
    "a pipe": (_inside, _outside, path) => makePipe(path),
    "a directory": (_inside, _outside, path) => mkdir(path),
    "a file one byte over the limit": (_inside, _outside, path) => writeFile(path, "x".repeat(LIMIT + 1)),
    "a sparse file of a terabyte": async (_inside, _outside, path) => {
      await writeFile(path, "");
      await truncate(path, 1e12);
    },
  };

  it.each(Object.keys(make))("is refused if it is %s", async (kind) => {
    const { directory, outside } = await workspace();
    await make[kind]?.(directory, outside, join(directory, "trap"));
    expect(await readContainedFile(directory, "trap", LIMIT)).toEqual({
      status: "refused",
      problem: expect.stringMatching(/^it (?:is|has|cannot)/),
    });
  });

  it("is refused in a directory that is a link to outside", async () => {
    const { directory, outside } = await workspace();
    await symlink(outside, join(directory, "sub"));
    expect(await readContainedFile(directory, "sub/secret.txt", LIMIT)).toMatchObject({ status: "refused" });
    expect(await readContainedFile(directory, "../outside/secret.txt", LIMIT)).toMatchObject({
      status: "refused",
    });
  });

  it("that the user named may be a link, but not a pipe or a device", async () => {
    const { directory, outside } = await workspace();
    await symlink(join(outside, "secret.txt"), join(directory, "mine.json"));
    expect(await readRegularFile(join(directory, "mine.json"), LIMIT)).toMatchObject({
      bytes: Buffer.from("a secret\n"),
    });
    makePipe(join(directory, "pipe"));
    for (const path of [join(directory, "pipe"), "/dev/zero", directory])
      expect(await readRegularFile(path, LIMIT)).toEqual({
        status: "refused",
        problem: "it is not a regular file",
      });
  });
});
