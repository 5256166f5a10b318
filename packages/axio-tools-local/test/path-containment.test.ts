import { mkdir, readdir, readFile, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { callTool } from "test-support/call-tools";
import { LINUX, needs } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { localTools } from "../src/index.ts";
import { pathInside } from "../src/open-handle.ts";
import { replaceFile } from "../src/replace-file.ts";
import { WorkingDirectory } from "../src/working-directory.ts";
import { callIn, scriptedUser, workspace } from "./support/workspace.ts";

const OUTSIDE = /is outside of .*\. Only files in this directory can be accessed/;

describe("A path outside of the directory", () => {
  it.each([
    ["..", "../outside/secret.txt"],
    ["several .. segments", "a/../../outside/secret.txt"],
    ["a missing path", "../outside/new/deeper.txt"],
    ["a directory with the same prefix", "../inside-too/x"],
    ["the home directory", "~/.ssh/id_ed25519"],
    ["an absolute path", "/etc/passwd"],
  ])("is refused: %s", async (_, path) => {
    const { directory, outside } = await workspace({ "a/b.txt": "" });
    const { requests, requestPermission } = scriptedUser();
    const tools = localTools({ directory, requestPermission });
    const before = await readdir(outside);
    for (const [name, input] of [
      ["read_file", { path }],
      ["list_files", { path }],
      ["search_files", { path, pattern: "a" }],
      ["write_file", { path, content: "x" }],
      ["patch_file", { path, edits: [{ oldText: "a", newText: "b" }] }],
    ] as const) {
      const { text, isError } = await callTool(tools, name, input);
      expect(isError, name).toBe(true);
      expect(text, name).toMatch(OUTSIDE);
    }
    expect(requests).toEqual([]);
    expect(await readdir(outside)).toEqual(before);
  });

  it("is refused if a link leads to it: to a file, a directory or a missing path", async () => {
    const { directory, outside } = await workspace();
    await symlink(join(outside, "secret.txt"), join(directory, "file"));
    await symlink(outside, join(directory, "folder"));
    await symlink(join(outside, "new.txt"), join(directory, "dangling"));
    for (const path of ["file", "folder/secret.txt", "folder/new/deep.txt"]) {
      expect((await callIn(directory, "read_file", { path })).text).toMatch(OUTSIDE);
      expect((await callIn(directory, "write_file", { path, content: "x" })).text).toMatch(OUTSIDE);
    }
    expect((await callIn(directory, "write_file", { path: "dangling", content: "x" })).text).toBe(
      "dangling is a symbolic link whose target does not exist.",
    );
    expect(await readdir(outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it("is neither listed nor searched", async () => {
    const { directory, outside } = await workspace({ "a.txt": "no secret" });
    await symlink(outside, join(directory, "folder"));
    expect((await callIn(directory, "list_files", { depth: 5 })).text).toBe(`a.txt\nfolder -> ${outside}`);
    expect((await callIn(directory, "search_files", { pattern: "secret" })).text).toBe("a.txt:1:no secret");
  });

  it("may be absolute if it is inside, also through a link to the directory", async () => {
    const { directory, outside } = await workspace({ "a.txt": "here\n" });
    await symlink(directory, join(outside, "way-in"));
    for (const path of [join(directory, "a.txt"), join(outside, "way-in/a.txt")]) {
      expect((await callIn(directory, "read_file", { path })).text).toBe("1\there\n");
    }
  });
});

describe("A link that replaces a directory after its path was checked", () => {
  it.each(["open", "list", "replace"] as const)("is not followed: %s", async (operation) => {
    const { directory: path, outside } = await workspace({ "sub/secret.txt": "mine\n" });
    const directory = new WorkingDirectory(path);
    const location = await directory.locate(operation === "list" ? "sub" : "sub/secret.txt");
    await rename(join(path, "sub"), join(path, "moved"));
    await symlink(outside, join(path, "sub"));
    const attempt = {
      open: () => directory.openFile(location),
      list: () => directory.list(location),
      replace: () => replaceFile(directory, location, Buffer.from("overwritten")),
    }[operation];
    await expect(attempt()).rejects.toThrow(/was moved or replaced by a link|is not a directory|is a file/);
    expect(await readdir(outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it("is not followed if the directory is already open", needs(LINUX), async () => {
    const { directory: path, outside } = await workspace();
    await mkdir(join(path, "sub"));
    const directory = new WorkingDirectory(path);
    const handle = await directory.openParent(await directory.locate("sub/new.txt"));
    try {
      await rename(join(path, "sub"), join(path, "moved"));
      await symlink(outside, join(path, "sub"));
      await mkdir(await pathInside(handle, join(path, "sub"), "made"));
    } finally {
      await handle.close();
    }
    expect(await readdir(join(path, "moved"))).toEqual(["made"]);
    expect(await readdir(outside)).toEqual(["secret.txt"]);
  });
});
