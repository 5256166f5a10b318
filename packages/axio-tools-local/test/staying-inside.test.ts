import { mkdir, readdir, readFile, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { callTool } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { Folder } from "../src/folder.ts";
import { localTools } from "../src/index.ts";
import { nameInside } from "../src/open-handle.ts";
import { replaceFile } from "../src/replace-file.ts";
import { callIn, person, workspace } from "./support/workspace.ts";

const OUTSIDE = /lies outside of .*\. Only what is in this folder can be reached/;

describe("A path outside of the folder", () => {
  it.each([
    ["..", "../outside/secret.txt"],
    ["..s that lead back out", "a/../../outside/secret.txt"],
    ["what is not there", "../outside/new/deeper.txt"],
    ["a folder whose name begins alike", "../inside-too/x"],
    ["home", "~/.ssh/id_ed25519"],
    ["an absolute one", "/etc/passwd"],
  ])("is refused: %s", async (_, path) => {
    const { folder, outside } = await workspace({ "a/b.txt": "" });
    const { asked, ask } = person();
    const tools = localTools({ folder, ask });
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
    expect(asked).toEqual([]);
    expect(await readdir(outside)).toEqual(before);
  });

  it("is refused where a link leads there: to a file, to a folder, to nothing yet", async () => {
    const { folder, outside } = await workspace();
    await symlink(join(outside, "secret.txt"), join(folder, "file"));
    await symlink(outside, join(folder, "folder"));
    await symlink(join(outside, "new.txt"), join(folder, "dangling"));
    for (const path of ["file", "folder/secret.txt", "folder/new/deep.txt"]) {
      expect((await callIn(folder, "read_file", { path })).text).toMatch(OUTSIDE);
      expect((await callIn(folder, "write_file", { path, content: "x" })).text).toMatch(OUTSIDE);
    }
    expect((await callIn(folder, "write_file", { path: "dangling", content: "x" })).text).toBe(
      "dangling leads through a symbolic link to a place that does not exist.",
    );
    expect(await readdir(outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it("is not looked into by listing and searching", async () => {
    const { folder, outside } = await workspace({ "a.txt": "no secret" });
    await symlink(outside, join(folder, "folder"));
    expect((await callIn(folder, "list_files", { depth: 5 })).text).toBe(`a.txt\nfolder -> ${outside}`);
    expect((await callIn(folder, "search_files", { pattern: "secret" })).text).toBe("a.txt:1:no secret");
  });

  it("may be named absolutely where it is inside, also by a link to the folder", async () => {
    const { folder, outside } = await workspace({ "a.txt": "here\n" });
    await symlink(folder, join(outside, "way-in"));
    for (const path of [join(folder, "a.txt"), join(outside, "way-in/a.txt")]) {
      expect((await callIn(folder, "read_file", { path })).text).toBe("1\there\n");
    }
  });
});

describe("A link that is put in the place of a folder after its path was checked", () => {
  it.each(["open", "list", "replace"] as const)("is not followed: %s", async (way) => {
    const { folder: path, outside } = await workspace({ "sub/secret.txt": "mine\n" });
    const folder = new Folder(path);
    const place = await folder.locate(way === "list" ? "sub" : "sub/secret.txt");
    await rename(join(path, "sub"), join(path, "moved"));
    await symlink(outside, join(path, "sub"));
    const attempt = {
      open: () => folder.openFile(place),
      list: () => folder.list(place),
      replace: () => replaceFile(folder, place, Buffer.from("overwritten")),
    }[way];
    await expect(attempt()).rejects.toThrow(/was moved, or replaced by a link|is no folder|is a file/);
    expect(await readdir(outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it.runIf(process.platform === "linux")("is not followed even when the folder is already open", async () => {
    const { folder: path, outside } = await workspace();
    await mkdir(join(path, "sub"));
    const folder = new Folder(path);
    const handle = await folder.openParent(await folder.locate("sub/new.txt"));
    try {
      await rename(join(path, "sub"), join(path, "moved"));
      await symlink(outside, join(path, "sub"));
      await mkdir(await nameInside(handle, join(path, "sub"), "made"));
    } finally {
      await handle.close();
    }
    expect(await readdir(join(path, "moved"))).toEqual(["made"]);
    expect(await readdir(outside)).toEqual(["secret.txt"]);
  });
});
