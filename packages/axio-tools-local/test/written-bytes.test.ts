import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callTool } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { localTools } from "../src/index.ts";
import { callIn, scriptedUser, workspace } from "./support/workspace.ts";

/** Makes one change. Returns what the user was shown, and what was written. */
async function change(before: string | undefined, name: string, input: object) {
  const { directory } = await workspace(before === undefined ? {} : { "a.txt": before });
  const { requests, requestPermission } = scriptedUser();
  const tools = localTools({ directory, requestPermission });
  const { text } = await callTool(tools, name, { path: "a.txt", ...input });
  const [request] = requests;
  const diff = request?.detail?.type === "diff" ? request.detail.diff : "";
  return { text, diff, written: await readFile(join(directory, "a.txt"), "utf8") };
}

const write = (before: string | undefined, content: string) => change(before, "write_file", { content });
const patch = (before: string, oldText: string, newText: string, all = false) =>
  change(before, "patch_file", { edits: [{ oldText, newText, all }] });

describe("write_file over an existing file", () => {
  it.each([
    ["CRLF", "one\r\ntwo\r\n", "one\n2\n", "one\r\n2\r\n"],
    ["a byte order mark", "\uFEFFone\n", "1\n", "\uFEFF1\n"],
    ["both", "\uFEFFone\r\n", "1\n2", "\uFEFF1\r\n2"],
    ["LF", "one\n", "1\n", "1\n"],
    ["mixed endings", "one\r\ntwo\nthree\r\n", "one\ntwo\nnew\nthree\n", "one\r\ntwo\nnew\r\nthree\r\n"],
    ["mixed endings and equal lines", "a\r\na\na\r\n", "a\na\na\n", "a\r\na\na\r\n"],
  ])("keeps %s", async (_, before, content, expected) => {
    expect((await write(before, content)).written).toBe(expected);
  });

  it.each([
    ["CRLF for LF", "one\n", "one\r\n", "one\r\n", "-one\n+one\\u{d}\n"],
    ["a byte order mark", "one\n", "\uFEFFone\n", "\uFEFFone\n", "-one\n+\\u{feff}one\n"],
    ["mixed endings for CRLF", "a\r\nb\r\n", "a\r\nb\n", "a\r\nb\n", " a\\u{d}\n-b\\u{d}\n+b\n"],
    ["no final newline", "one\n", "one", "one", "-one\n+one\n\\ No newline at end of file\n"],
    ["a final newline", "one", "one\n", "one\n", "-one\n\\ No newline at end of file\n+one\n"],
    ["a NUL", "one\n", "o\0ne\n", "o\0ne\n", "-one\n+o\\u{0}ne\n"],
    ["a lone carriage return", "one\n", "o\rne\n", "o\rne\n", "-one\n+o\\u{d}ne\n"],
    ["half a character", "one\n", "o\ud83dne\n", "o\ufffdne\n", "+o\ufffdne\n"],
    ["white space", "one\n", "one \n", "one \n", "-one\n+one \n"],
  ])("writes and shows what the content says: %s", async (_, before, content, expected, shown) => {
    const { written, diff } = await write(before, content);
    expect(written).toBe(expected);
    expect(diff).toContain(shown);
  });

  it("shows every byte of a new file", async () => {
    const { diff, text } = await write(undefined, "\uFEFFa\r\nb");
    expect(diff).toBe(
      "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+\\u{feff}a\\u{d}\n+b\n\\ No newline at end of file\n",
    );
    expect(text).toBe("Created a.txt (7 bytes).");
  });

  it("does not change a file that differs only in what is kept", async () => {
    const { text, diff, written } = await write("\uFEFFone\r\n", "one\n");
    expect({ text, diff, written }).toEqual({
      text: "a.txt already has this content.",
      diff: "",
      written: "\uFEFFone\r\n",
    });
  });

  it.each([3, 2_500, 4_990])("shows a change in a long line, at character %d", async (at) => {
    const line = "0123456789".repeat(500);
    const { diff } = await write(`${line}\n`, `${line.slice(0, at)}X${line.slice(at + 1)}\n`);
    const [removed = "", added = ""] = diff.split("\n").filter((text) => /^[-+][^-+]/.test(text));
    expect(added).toContain(`X${line.slice(at + 1, at + 9)}`);
    expect(added.replace("X", line[at] ?? "").slice(1)).toBe(removed.slice(1));
    expect(added.length).toBeLessThan(1_200);
  });

  it("shows a missing final newline when too much changes for a comparison", async () => {
    const lines = (prefix: string) => Array.from({ length: 3_000 }, (_, index) => prefix + index).join("\n");
    const { diff } = await write(lines("a"), `${lines("b")}\n`);
    expect(diff.match(/^\\ No newline at end of file$/gm)).toHaveLength(1);
  });
});

describe("patch_file", () => {
  const mixed = "one\r\ntwo\nthree\r\nfour\n";
  it.each([
    ["lines with different endings", mixed, "one\ntwo\nthree", "1\n2\n3", "1\r\n2\n3\r\nfour\n"],
    ["an added line", mixed, "two\nthree", "two\nnew\nthree", "one\r\ntwo\nnew\nthree\r\nfour\n"],
    ["a line in between", mixed, "three", "3\n3½", "one\r\ntwo\n3\r\n3½\r\nfour\n"],
    ["the end", "a\r\nb", "b", "b\nc", "a\r\nb\r\nc"],
    ["a deleted line", mixed, "two\n", "", "one\r\nthree\r\nfour\n"],
    ["text with CRLF", mixed, "one\r\ntwo", "1\r\n2", "1\r\n2\nthree\r\nfour\n"],
    ["only the endings, to LF", "a\r\nb\r\n", "a\r\nb\r\n", "a\nb\n", "a\nb\n"],
    ["only the endings, to CRLF", "a\nb\n", "a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n"],
    ["a carriage return in a line", "a\rb\nc\n", "a\rb", "a\rB", "a\rB\nc\n"],
  ])(
    "applies what read_file shows of mixed line endings: %s",
    async (_, before, oldText, newText, expected) => {
      expect((await patch(before, oldText, newText)).written).toBe(expected);
    },
  );

  it("replaces every occurrence with its own line endings", async () => {
    expect((await patch("a\r\nb\na\nb\n", "a\nb", "A\nB", true)).written).toBe("A\r\nB\nA\nB\n");
  });

  it("finds a text twice that read_file shows twice", async () => {
    expect((await patch("a\r\nb\na\nb\n", "a\nb", "A\nB")).text).toContain("occurs 2 times, at lines 1, 3.");
  });

  it("patches every line of a file as read_file shows it", async () => {
    const { directory } = await workspace();
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}${index % 3 === 0 ? "\r\n" : "\n"}`);
    await writeFile(join(directory, "a.txt"), lines.join(""));
    const shown = (await callIn(directory, "read_file", { path: "a.txt" })).text;
    const texts = shown.split("\n").flatMap((line) => /^\d+\t(.*)$/.exec(line)?.[1] ?? []);
    expect(texts).toHaveLength(60);
    const edit = {
      oldText: texts.slice(0, 30).join("\n"),
      newText: texts.slice(0, 30).join("\n").replaceAll("line", "row"),
    };
    await callIn(directory, "patch_file", { path: "a.txt", edits: [edit] });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe(
      lines.map((line, index) => (index < 30 ? line.replace("line", "row") : line)).join(""),
    );
  });
});
