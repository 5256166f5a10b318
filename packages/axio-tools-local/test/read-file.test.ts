import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callIn, workspace } from "./support/workspace.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

describe("read_file", () => {
  it("numbers the lines", async () => {
    const { directory } = await workspace({ "src/a.ts": "one\ntwo\n" });
    expect((await callIn(directory, "read_file", { path: "src/a.ts" })).text).toBe("1\tone\n2\ttwo\n");
  });

  it("reads a range and says how to continue", async () => {
    const { directory } = await workspace({ "a.txt": "one\ntwo\nthree\nfour\n" });
    const part = await callIn(directory, "read_file", { path: "a.txt", line: 2, count: 2 });
    expect(part.text).toBe("2\ttwo\n3\tthree\n[The file continues: read from line 4.]\n");
  });

  it("says how many lines the file has if the first line is beyond the end", async () => {
    const { directory } = await workspace({ "a.txt": "one\ntwo\n" });
    const { text, isError } = await callIn(directory, "read_file", { path: "a.txt", line: 3 });
    expect({ text, isError }).toEqual({ text: "a.txt has 2 lines; there is no line 3.", isError: true });
  });

  it("reports an empty file", async () => {
    const { directory } = await workspace({ "empty.txt": "" });
    expect((await callIn(directory, "read_file", { path: "empty.txt" })).text).toBe("[empty.txt is empty.]");
  });

  it("notes CRLF, mixed line endings and a missing final newline", async () => {
    const { directory } = await workspace({
      "crlf.txt": "a\r\nb\r\n",
      "mixed.txt": "a\r\nb\n",
      "open.txt": "a\nb",
    });
    expect((await callIn(directory, "read_file", { path: "crlf.txt" })).text).toBe(
      "1\ta\n2\tb\n[The lines end in CRLF.]\n",
    );
    expect((await callIn(directory, "read_file", { path: "mixed.txt" })).text).toMatch(
      /\[The line endings are mixed: CRLF and LF\.\]/,
    );
    expect((await callIn(directory, "read_file", { path: "open.txt" })).text).toBe(
      "1\ta\n2\tb\n[The last line has no line ending.]\n",
    );
  });

  it("truncates a megabyte line between characters and continues with the next", async () => {
    const { directory } = await workspace({ "min.js": `${"ä".repeat(500_000)}\nnext\n` });
    const { text } = await callIn(directory, "read_file", { path: "min.js" });
    expect(text).toMatch(/^1\tä{1000} \[…998000 bytes more in this line\]\n2\tnext\n$/);
  });

  it("reads the beginning of a file that does not fit into memory", async () => {
    const { directory } = await workspace({ "big.log": "first\nsecond\n" });
    const line = Buffer.from(`${"x".repeat(99)}\n`);
    await writeFile(join(directory, "big.log"), Buffer.concat(Array.from({ length: 5_000 }, () => line)));
    // A sparse file takes no disk space.
    await truncate(join(directory, "big.log"), 20_000_000_000);
    const { text } = await callIn(directory, "read_file", { path: "big.log" });
    expect(text.split("\n").length).toBeLessThan(2_003);
    expect(text.length).toBeLessThan(110_000);
    expect(text).toMatch(/\[The file continues: read from line \d+\.\]\n$/);
  });

  it("returns an image as an image block", async () => {
    const { directory } = await workspace({ "pixel.dat": PNG });
    const { content } = await callIn(directory, "read_file", { path: "pixel.dat" });
    expect(content).toEqual([
      { type: "text", text: "pixel.dat (image/png, 16 bytes)" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: PNG.toString("base64") } },
    ]);
  });

  it("refuses a binary file", async () => {
    const { directory } = await workspace({ "a.bin": new Uint8Array([1, 2, 0, 3]) });
    const { text, isError } = await callIn(directory, "read_file", { path: "a.bin" });
    expect({ text, isError }).toEqual({
      text: "a.bin is binary (4 bytes) and cannot be shown.",
      isError: true,
    });
  });

  it("reads text that is not UTF-8, with a note", async () => {
    const { directory } = await workspace({
      "latin.txt": Buffer.from("caf\xe9\n", "latin1"),
      "wide.txt": Buffer.from("\uFEFFhé\r\nho\n", "utf16le"),
    });
    expect((await callIn(directory, "read_file", { path: "latin.txt" })).text).toBe(
      "1\tcafé\n[The file is not UTF-8; it was read as Windows-1252. patch_file cannot change it.]\n",
    );
    expect((await callIn(directory, "read_file", { path: "wide.txt" })).text).toMatch(
      /^1\thé\n2\tho\n.*\[The file is UTF-16LE\. patch_file cannot change it\.\]\n$/s,
    );
  });

  it("reports a missing path and a path that is not a file", async () => {
    const { directory } = await workspace({ "a.txt": "a" });
    await mkdir(join(directory, "sub"));
    expect((await callIn(directory, "read_file", { path: "b.txt" })).text).toBe("b.txt does not exist.");
    expect((await callIn(directory, "read_file", { path: "sub" })).text).toBe(
      "sub is a directory, not a file.",
    );
    expect((await callIn(directory, "read_file", { path: "a.txt/b" })).text).toBe(
      "a.txt/b does not exist: a part of its path is a file.",
    );
  });
});
