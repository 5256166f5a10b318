import { chmod, link, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callTool, callTools } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { localTools } from "../src/index.ts";
import { callIn, scriptedUser, workspace } from "./support/workspace.ts";

describe("write_file", () => {
  it("requests permission with a diff, then creates the file and its directories", async () => {
    const { directory } = await workspace();
    const { requests, requestPermission } = scriptedUser();
    const input = { path: "src/new/a.txt", content: "one\ntwo\n" };
    const { text, shown } = await callTool(localTools({ directory, requestPermission }), "write_file", input);
    expect(text).toBe("Created src/new/a.txt (8 bytes).");
    expect(await readFile(join(directory, "src/new/a.txt"), "utf8")).toBe("one\ntwo\n");
    const diff = "--- /dev/null\n+++ b/src/new/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n";
    expect(requests).toMatchObject([
      {
        title: "Create src/new/a.txt",
        detail: { type: "diff", path: "src/new/a.txt", diff },
        subject: { type: "write", path: "src/new/a.txt" },
        key: "write",
        scopeDescription: "all changes to files in this folder",
      },
    ]);
    expect(shown).toBe(diff);
  });

  it("changes nothing after a denial, and passes on the reason", async () => {
    const { directory } = await workspace({ "a.txt": "old\n" });
    const { requestPermission } = scriptedUser({ allowed: false, reason: "Write to b.txt." });
    const outcome = await callTool(localTools({ directory, requestPermission }), "write_file", {
      path: "a.txt",
      content: "new\n",
    });
    expect(outcome).toMatchObject({ isError: true, text: "Denied: Write to b.txt." });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("old\n");
  });

  it("requests no permission if nothing would change or the change is impossible", async () => {
    const { directory } = await workspace({ "a.txt": "same\n", "b.bin": new Uint8Array([0]) });
    const { requests, requestPermission } = scriptedUser();
    const tools = localTools({ directory, requestPermission });
    expect((await callTool(tools, "write_file", { path: "a.txt", content: "same\n" })).text).toBe(
      "a.txt already has this content.",
    );
    expect((await callTool(tools, "write_file", { path: "b.bin", content: "text" })).text).toBe(
      "b.bin is binary. Use another program to change it.",
    );
    expect(requests).toEqual([]);
  });

  it("does not overwrite a change made while the user was deciding", async () => {
    const { directory } = await workspace({ "a.txt": "old\n" });
    const { requestPermission } = scriptedUser(async () => {
      await writeFile(join(directory, "a.txt"), "by another program\n");
      return { allowed: true };
    });
    const outcome = await callTool(localTools({ directory, requestPermission }), "write_file", {
      path: "a.txt",
      content: "new\n",
    });
    expect(outcome).toMatchObject({
      isError: true,
      text: "a.txt has changed in the meantime. Read it again before changing it.",
    });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("by another program\n");
  });

  it("keeps the permissions of the file and leaves no temporary file", async () => {
    const { directory } = await workspace({ "run.sh": "#!/bin/sh\n" });
    // More than the usual umask permits.
    await chmod(join(directory, "run.sh"), 0o777);
    await callIn(directory, "write_file", { path: "run.sh", content: "#!/bin/sh\necho\n" });
    await callIn(directory, "write_file", { path: "new.txt", content: "" });
    const mode = async (name: string): Promise<number> => (await stat(join(directory, name))).mode & 0o777;
    expect(await mode("run.sh")).toBe(0o777);
    expect(await mode("new.txt")).toBe(0o666 & ~process.umask());
    expect(await readdir(directory)).toEqual(["new.txt", "run.sh"]);
  });

  it("changes the target of a symbolic link and keeps the link", async () => {
    const { directory } = await workspace({ "real.txt": "old" });
    await symlink("real.txt", join(directory, "link.txt"));
    await callIn(directory, "write_file", { path: "link.txt", content: "new" });
    expect(await readFile(join(directory, "real.txt"), "utf8")).toBe("new");
  });

  it("does not change a file outside through a hard link", async () => {
    const { directory, outside } = await workspace();
    await link(join(outside, "secret.txt"), join(directory, "linked.txt"));
    await callIn(directory, "write_file", { path: "linked.txt", content: "new" });
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("a secret\n");
  });

  it("refuses to change files in .git", async () => {
    const { directory } = await workspace({ ".git/config": "" });
    const { text, isError } = await callIn(directory, "write_file", {
      path: ".git/hooks/pre-commit",
      content: "x",
    });
    expect({ text, isError }).toEqual({
      text: ".git/hooks/pre-commit belongs to Git. Use git commands to change it.",
      isError: true,
    });
  });

  it("shows control characters escaped", async () => {
    const { directory } = await workspace({ "a.txt": "one\r\ntwo\r\n" });
    const { requests, requestPermission } = scriptedUser();
    const tools = localTools({ directory, requestPermission });
    await callTool(tools, "write_file", { path: "a.txt", content: "one\r\n\x1b[2Jevil\u202e\r\n" });
    const [diff] = requests.map(({ detail }) => (detail?.type === "diff" ? detail.diff : ""));
    expect(diff).toContain(" one\n-two\n+\\u{1b}[2Jevil\\u{202e}\n");
  });

  it.each([
    ["a zero-width space", "git\u200bhub.com", "git\\u{200b}hub.com"],
    ["a tag", "a\u{e0041}b", "a\\u{e0041}b"],
    ["an empty Braille pattern", "a\u2800b", "a\\u{2800}b"],
    ["a Hangul filler", "a\u3164b", "a\\u{3164}b"],
    ["a no-break space", "a\u00a0b", "a\\u{a0}b"],
    ["a line separator", "a\u2028b", "a\\u{2028}b"],
    ["a variation selector", "a\ufe0fb", "a\\u{fe0f}b"],
    ["text that looks like an escape", "a\\u{200b}b", "a\\u{5c}u{200b}b"],
  ])("shows %s escaped", async (_name, content, shown) => {
    const { directory } = await workspace();
    const { requests, requestPermission } = scriptedUser({ allowed: false });
    await callTool(localTools({ directory, requestPermission }), "write_file", { path: "a.txt", content });
    expect(requests[0]?.detail).toMatchObject({ diff: expect.stringContaining(`+${shown}\n`) });
  });

  it("truncates a long diff with a note", async () => {
    const { directory } = await workspace({
      "a.txt": Array.from({ length: 9_000 }, (_, n) => `a${n}`).join("\n"),
    });
    const { requests, requestPermission } = scriptedUser();
    const content = `${"x".repeat(1_000_000)}\n${Array.from({ length: 9_000 }, (_, n) => `b${n}`).join("\n")}`;
    await callTool(localTools({ directory, requestPermission }), "write_file", { path: "a.txt", content });
    const [request] = requests;
    if (request?.detail?.type !== "diff") throw new Error("No diff was shown.");
    expect(request.detail.diff.length).toBeLessThan(100_000);
    expect(request.detail.diff).toMatch(/… 999\d{3} more characters …/);
    expect(request.detail.diff).toMatch(/^-a0$[\s\S]*^… \d+ more lines of this side$/m);
  });
});

describe("patch_file", () => {
  it("applies edits in order and shows the diff", async () => {
    const { directory } = await workspace({ "a.txt": "one\ntwo\nthree\n" });
    const { requests, requestPermission } = scriptedUser();
    const edits = [
      { oldText: "two", newText: "2" },
      { oldText: "2\nthree", newText: "2\n3" },
    ];
    const { text } = await callTool(localTools({ directory, requestPermission }), "patch_file", {
      path: "a.txt",
      edits,
    });
    expect(text).toBe("a.txt: applied 2 edits.");
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("one\n2\n3\n");
    expect(requests).toMatchObject([
      {
        title: "Change a.txt",
        key: "write",
        detail: { diff: expect.stringContaining("-two\n-three\n+2\n+3\n") },
      },
    ]);
  });

  it("applies all edits or none", async () => {
    const { directory } = await workspace({ "a.txt": "one\ntwo\n" });
    const edits = [
      { oldText: "one", newText: "1" },
      { oldText: "nine", newText: "9" },
    ];
    const { text, isError } = await callIn(directory, "patch_file", { path: "a.txt", edits });
    expect(isError).toBe(true);
    expect(text).toMatch(/^Edit 2: oldText is not in the file\. Read the file again/);
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("one\ntwo\n");
  });

  it.each([
    ["twice", "x\ny\nx\n", { oldText: "x", newText: "z" }, /occurs 2 times, at lines 1, 3\./],
    [
      "other white space",
      "a:\n  b\n\tc\n",
      { oldText: "b\nc", newText: "" },
      /Lines 2 to 3 differ only in white space/,
    ],
    ["line numbers", "a\nb\n", { oldText: "1\ta\n2\tb", newText: "" }, /Omit the line numbers/],
    ["one line of it", "a\nlonger\n", { oldText: "longer\nnot", newText: "" }, /One of its lines is line 2/],
    ["empty", "a\n", { oldText: "", newText: "b" }, /oldText is empty/],
    ["no change", "a\n", { oldText: "a", newText: "a" }, /oldText and newText are the same/],
  ])("tells the model why the text cannot be replaced: %s", async (_, content, edit, expected) => {
    const { directory } = await workspace({ "a.txt": content });
    const { text, isError } = await callIn(directory, "patch_file", { path: "a.txt", edits: [edit] });
    expect(isError).toBe(true);
    expect(text).toMatch(expected);
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe(content);
  });

  it("replaces every occurrence with `all`, and treats `$` literally", async () => {
    const { directory } = await workspace({ "a.txt": "x x x" });
    const edits = [{ oldText: "x", newText: "$&", all: true }];
    await callIn(directory, "patch_file", { path: "a.txt", edits });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("$& $& $&");
  });

  it("keeps CRLF, a byte order mark and a missing final newline", async () => {
    const { directory } = await workspace({ "a.txt": "\uFEFFone\r\ntwo\r\nthree" });
    const edits = [{ oldText: "one\ntwo", newText: "1\n2\n2½" }];
    await callIn(directory, "patch_file", { path: "a.txt", edits });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("\uFEFF1\r\n2\r\n2½\r\nthree");
  });

  it("keeps mixed line endings", async () => {
    const { directory } = await workspace({ "a.txt": "one\r\ntwo\nthree\r\n" });
    await callIn(directory, "patch_file", { path: "a.txt", edits: [{ oldText: "two\n", newText: "2\n" }] });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("one\r\n2\nthree\r\n");
  });

  it("refuses a file that it would damage", async () => {
    const latin1 = Buffer.from("caf\xe9\n", "latin1");
    const { directory } = await workspace({ "latin.txt": latin1 });
    const edits = [{ oldText: "caf", newText: "tea" }];
    const { text } = await callIn(directory, "patch_file", { path: "latin.txt", edits });
    expect(text).toMatch(/^latin\.txt is not UTF-8 text and cannot be changed without damage/);
    expect(await readFile(join(directory, "latin.txt"))).toEqual(latin1);
  });

  it("refuses a file that is too large", async () => {
    const { directory } = await workspace({ "big.txt": Buffer.alloc(10_000_001, "a") });
    const edits = [{ oldText: "b", newText: "c" }];
    const { text } = await callIn(directory, "patch_file", { path: "big.txt", edits });
    expect(text).toMatch(/^big\.txt has 10000001 bytes; the limit is 10000000/);
  });

  it("loses no edit when a file is patched concurrently", async () => {
    const names = Array.from({ length: 40 }, (_, number) => `line-${number}-`);
    const { directory } = await workspace({ "a.txt": `${names.join("\n")}\n` });
    const tools = [
      localTools({ directory, requestPermission: async () => ({ allowed: true }) }),
      localTools({ directory, requestPermission: async () => ({ allowed: true }) }),
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
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe(
      `${names.map((name) => `${name}done`).join("\n")}\n`,
    );
  });
});

describe("a path that leads elsewhere after the question was shown", () => {
  const inputs = [
    ["write_file", { content: "new\n" }],
    ["patch_file", { edits: [{ oldText: "old", newText: "new" }] }],
  ] as const;
  const swaps: readonly (readonly [
    name: string,
    path: string,
    swap: (directory: string) => Promise<void>,
  ])[] = [
    [
      "a link to a file",
      "link.txt",
      async (directory) => {
        await rm(join(directory, "link.txt"));
        await symlink("other/a.txt", join(directory, "link.txt"));
      },
    ],
    [
      "a file replaced by a link",
      "a.txt",
      async (directory) => {
        await rm(join(directory, "a.txt"));
        await symlink("other/a.txt", join(directory, "a.txt"));
      },
    ],
    [
      "a link to a folder",
      "folder/a.txt",
      async (directory) => {
        await rm(join(directory, "folder"));
        await symlink("other", join(directory, "folder"));
      },
    ],
    [
      "a folder replaced by a link",
      "src/a.txt",
      async (directory) => {
        await rename(join(directory, "src"), join(directory, "moved"));
        await symlink("other", join(directory, "src"));
      },
    ],
  ];
  const cases = inputs.flatMap(([tool, rest]) => swaps.map((swap) => [tool, rest, ...swap] as const));
  it.each(cases)("%s %j changes nothing: %s", async (tool, rest, _name, path, swap) => {
    const { directory } = await workspace({
      "a.txt": "old\n",
      "src/a.txt": "old\n",
      "other/a.txt": "old\n",
    });
    await symlink("a.txt", join(directory, "link.txt"));
    await symlink("src", join(directory, "folder"));
    const { requestPermission } = scriptedUser(async () => {
      await swap(directory);
      return { allowed: true };
    });
    const outcome = await callTool(localTools({ directory, requestPermission }), tool, { path, ...rest });
    expect(outcome.text).toMatch(/leads to other\/a\.txt now/);
    expect(outcome.isError).toBe(true);
    expect(await readFile(join(directory, "other/a.txt"), "utf8")).toBe("old\n");
  });
});
