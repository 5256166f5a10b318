import { chmod, link, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callTool, callTools } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { localTools } from "../src/index.ts";
import { callIn, person, workspace } from "./support/workspace.ts";

describe("write_file", () => {
  it("asks with the change as a diff, then makes the file and its folders", async () => {
    const { folder } = await workspace();
    const { asked, ask } = person();
    const input = { path: "src/new/a.txt", content: "one\ntwo\n" };
    const { text, shown } = await callTool(localTools({ folder, ask }), "write_file", input);
    expect(text).toBe("Created src/new/a.txt (8 bytes).");
    expect(await readFile(join(folder, "src/new/a.txt"), "utf8")).toBe("one\ntwo\n");
    const diff = "--- /dev/null\n+++ b/src/new/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n";
    expect(asked).toMatchObject([
      {
        title: "Create src/new/a.txt",
        detail: { type: "diff", path: "src/new/a.txt", diff },
        key: "write",
        covers: "all changes to files in this folder",
      },
    ]);
    expect(shown).toBe(diff);
  });

  it("changes nothing where the person says no, and passes on what they want", async () => {
    const { folder } = await workspace({ "a.txt": "old\n" });
    const { ask } = person({ allowed: false, reason: "Write to b.txt." });
    const outcome = await callTool(localTools({ folder, ask }), "write_file", {
      path: "a.txt",
      content: "new\n",
    });
    expect(outcome).toMatchObject({ isError: true, text: "Denied: Write to b.txt." });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("old\n");
  });

  it("asks nothing where nothing changes, or nothing can be done", async () => {
    const { folder } = await workspace({ "a.txt": "same\n", "b.bin": new Uint8Array([0]) });
    const { asked, ask } = person();
    const tools = localTools({ folder, ask });
    expect((await callTool(tools, "write_file", { path: "a.txt", content: "same\n" })).text).toBe(
      "a.txt holds this already.",
    );
    expect((await callTool(tools, "write_file", { path: "b.bin", content: "text" })).text).toBe(
      "b.bin is binary. Change it with a program of its kind.",
    );
    expect(asked).toEqual([]);
  });

  it("does not write over what was changed while the person was thinking", async () => {
    const { folder } = await workspace({ "a.txt": "old\n" });
    const { ask } = person(async () => {
      await writeFile(join(folder, "a.txt"), "by somebody else\n");
      return { allowed: true };
    });
    const outcome = await callTool(localTools({ folder, ask }), "write_file", {
      path: "a.txt",
      content: "new\n",
    });
    expect(outcome).toMatchObject({
      isError: true,
      text: "a.txt was changed in the meantime. Read it again, then decide.",
    });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("by somebody else\n");
  });

  it("keeps the rights of the file, and leaves nothing beside it", async () => {
    const { folder } = await workspace({ "run.sh": "#!/bin/sh\n" });
    // More than the mask of a process usually leaves.
    await chmod(join(folder, "run.sh"), 0o777);
    await callIn(folder, "write_file", { path: "run.sh", content: "#!/bin/sh\necho\n" });
    await callIn(folder, "write_file", { path: "new.txt", content: "" });
    const mode = async (name: string): Promise<number> => (await stat(join(folder, name))).mode & 0o777;
    expect(await mode("run.sh")).toBe(0o777);
    expect(await mode("new.txt")).toBe(0o666 & ~process.umask());
    expect(await readdir(folder)).toEqual(["new.txt", "run.sh"]);
  });

  it("changes a file through a link to it, and keeps the link", async () => {
    const { folder } = await workspace({ "real.txt": "old" });
    await symlink("real.txt", join(folder, "link.txt"));
    await callIn(folder, "write_file", { path: "link.txt", content: "new" });
    expect(await readFile(join(folder, "real.txt"), "utf8")).toBe("new");
  });

  it("does not reach outside by a hard link", async () => {
    const { folder, outside } = await workspace();
    await link(join(outside, "secret.txt"), join(folder, "linked.txt"));
    await callIn(folder, "write_file", { path: "linked.txt", content: "new" });
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it("leaves Git's own folder alone", async () => {
    const { folder } = await workspace({ ".git/config": "" });
    const { text, isError } = await callIn(folder, "write_file", {
      path: ".git/hooks/pre-commit",
      content: "x",
    });
    expect({ text, isError }).toEqual({
      text: ".git/hooks/pre-commit belongs to Git itself. Use git for it.",
      isError: true,
    });
  });

  it("asks with what would command a terminal written out, and with changed line ends", async () => {
    const { folder } = await workspace({ "a.txt": "one\r\ntwo\r\n" });
    const { asked, ask } = person();
    const tools = localTools({ folder, ask });
    await callTool(tools, "write_file", { path: "a.txt", content: "one\r\n\x1b[2Jevil\u202e\r\n" });
    await callTool(tools, "write_file", { path: "a.txt", content: "one\n" });
    const diffs = asked.map(({ detail }) => (detail?.type === "diff" ? detail.diff : ""));
    expect(diffs[0]).toContain(" one\n-two\n+\\u{1b}[2Jevil\\u{202e}\n");
    expect(diffs[1]).toContain("-one\\u{d}\n");
    expect(diffs[1]).toContain("\n+one\n");
  });

  it("cuts a diff that nobody could read, and says so", async () => {
    const { folder } = await workspace({
      "a.txt": Array.from({ length: 9_000 }, (_, n) => `a${n}`).join("\n"),
    });
    const { asked, ask } = person();
    const content = `${"x".repeat(1_000_000)}\n${Array.from({ length: 9_000 }, (_, n) => `b${n}`).join("\n")}`;
    await callTool(localTools({ folder, ask }), "write_file", { path: "a.txt", content });
    const [question] = asked;
    if (question?.detail?.type !== "diff") throw new Error("No diff was shown.");
    expect(question.detail.diff.length).toBeLessThan(100_000);
    expect(question.detail.diff).toMatch(/… 999001 more characters …/);
    expect(question.detail.diff).toMatch(/^-a0$[\s\S]*^… \d+ more lines of this side$/m);
  });
});

describe("patch_file", () => {
  it("makes edits in order and shows the change", async () => {
    const { folder } = await workspace({ "a.txt": "one\ntwo\nthree\n" });
    const { asked, ask } = person();
    const edits = [
      { oldText: "two", newText: "2" },
      { oldText: "2\nthree", newText: "2\n3" },
    ];
    const { text } = await callTool(localTools({ folder, ask }), "patch_file", { path: "a.txt", edits });
    expect(text).toBe("a.txt: 2 edits made.");
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("one\n2\n3\n");
    expect(asked).toMatchObject([
      {
        title: "Change a.txt",
        key: "write",
        detail: { diff: expect.stringContaining("-two\n-three\n+2\n+3\n") },
      },
    ]);
  });

  it("makes all edits or none", async () => {
    const { folder } = await workspace({ "a.txt": "one\ntwo\n" });
    const edits = [
      { oldText: "one", newText: "1" },
      { oldText: "nine", newText: "9" },
    ];
    const { text, isError } = await callIn(folder, "patch_file", { path: "a.txt", edits });
    expect(isError).toBe(true);
    expect(text).toMatch(/^Edit 2: oldText is not in the file\. Read the file again/);
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("one\ntwo\n");
  });

  it.each([
    [
      "twice",
      "x\ny\nx\n",
      { oldText: "x", newText: "z" },
      /stands 2 times in the file, from the lines 1, 3 on/,
    ],
    [
      "other white space",
      "a:\n  b\n\tc\n",
      { oldText: "b\nc", newText: "" },
      /The lines 2 to 3 differ from it in white space only/,
    ],
    ["line numbers", "a\nb\n", { oldText: "1\ta\n2\tb", newText: "" }, /Leave out the line numbers/],
    [
      "one line of it",
      "a\nlonger\n",
      { oldText: "longer\nnot", newText: "" },
      /A line of it is there as line 2/,
    ],
    ["empty", "a\n", { oldText: "", newText: "b" }, /oldText is empty/],
    ["no change", "a\n", { oldText: "a", newText: "a" }, /oldText and newText are the same/],
  ])("helps the model where the text cannot be replaced: %s", async (_, content, edit, expected) => {
    const { folder } = await workspace({ "a.txt": content });
    const { text, isError } = await callIn(folder, "patch_file", { path: "a.txt", edits: [edit] });
    expect(isError).toBe(true);
    expect(text).toMatch(expected);
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe(content);
  });

  it("replaces every one where that is asked for, and takes no `$` for more than it is", async () => {
    const { folder } = await workspace({ "a.txt": "x x x" });
    const edits = [{ oldText: "x", newText: "$&", all: true }];
    await callIn(folder, "patch_file", { path: "a.txt", edits });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("$& $& $&");
  });

  it("keeps CRLF, a byte order mark and a missing last line end", async () => {
    const { folder } = await workspace({ "a.txt": "\uFEFFone\r\ntwo\r\nthree" });
    const edits = [{ oldText: "one\ntwo", newText: "1\n2\n2½" }];
    await callIn(folder, "patch_file", { path: "a.txt", edits });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("\uFEFF1\r\n2\r\n2½\r\nthree");
  });

  it("leaves mixed line ends as they are", async () => {
    const { folder } = await workspace({ "a.txt": "one\r\ntwo\nthree\r\n" });
    await callIn(folder, "patch_file", { path: "a.txt", edits: [{ oldText: "two\n", newText: "2\n" }] });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("one\r\n2\nthree\r\n");
  });

  it("refuses what it would damage", async () => {
    const latin1 = Buffer.from("caf\xe9\n", "latin1");
    const { folder } = await workspace({ "latin.txt": latin1 });
    const edits = [{ oldText: "caf", newText: "tea" }];
    const { text } = await callIn(folder, "patch_file", { path: "latin.txt", edits });
    expect(text).toMatch(/^latin\.txt is no UTF-8 text and cannot be changed without damage/);
    expect(await readFile(join(folder, "latin.txt"))).toEqual(latin1);
  });

  it("refuses a file that is too large to handle whole", async () => {
    const { folder } = await workspace({ "big.txt": Buffer.alloc(10_000_001, "a") });
    const edits = [{ oldText: "b", newText: "c" }];
    const { text } = await callIn(folder, "patch_file", { path: "big.txt", edits });
    expect(text).toMatch(/^big\.txt has 10000001 bytes; 10000000 is the most/);
  });

  it("loses no edit where one file is patched many times at once", async () => {
    const names = Array.from({ length: 40 }, (_, number) => `line-${number}-`);
    const { folder } = await workspace({ "a.txt": `${names.join("\n")}\n` });
    const tools = [
      localTools({ folder, ask: async () => ({ allowed: true }) }),
      localTools({ folder, ask: async () => ({ allowed: true }) }),
    ];
    await Promise.all(
      tools.map((own, half) =>
        callTools(
          own,
          names
            .filter((_, number) => number % 2 === half)
            .map((name) => [
              "patch_file",
              { path: "a.txt", edits: [{ oldText: name, newText: `${name}done` }] },
            ]),
        ),
      ),
    );
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe(
      `${names.map((name) => `${name}done`).join("\n")}\n`,
    );
  });
});
