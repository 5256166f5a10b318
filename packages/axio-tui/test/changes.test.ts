import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineTool, type Tool } from "axio";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import type { ToolEntry } from "../src/transcript/entries.ts";
import { fullInput, shortInput } from "../src/transcript/tool-call-text.ts";
import { temporaryDirectory } from "./support/project.ts";
import { startApp } from "./support/running-app.ts";
import { KEYS } from "./support/virtual-screen.ts";

const ROWS = Array.from({ length: 14 }, (_, at) => `row ${at}`);

/** A tool that shows a change as the local tools do. */
function writeTool(diff: string, result: () => string = () => "Changed a.txt."): Tool {
  return defineTool({
    name: "write_file",
    description: "",
    inputSchema: { type: "object", properties: { path: { type: "string" }, content: { type: "string" } } },
    execute: (_input, { emit }) => {
      emit(diff.slice(0, 7));
      emit(diff.slice(7));
      return result();
    },
  });
}

const DIFF = `--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,14 @@\n-old one\n-old two\n${ROWS.map((row) => `+${row}\n`).join("")}`;

describe("a change that a tool made", () => {
  it("stays in the transcript: folded, whole with Ctrl-O, colored, and after a restart", async () => {
    const folder = await temporaryDirectory();
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src/a.txt"), "old one\nold two\n");
    const input = { path: "a.txt", content: ROWS.join("\n") };
    const app = await startApp({
      cwd: folder,
      rows: 40,
      answers: [toolAnswer(toolUse("c", "write_file", input)), textAnswer("Written.")],
      tools: () => [writeTool(DIFF)],
    });
    app.say("Write it.");
    const folded = await app.screen.shows("Written.");
    expect(folded).toMatch(/write_file a\.txt {2}\+14 -2\n {2}└ @@ -1,2 \+1,14 @@\n {4}-old one\n/);
    expect(folded).toContain("+row 6");
    expect(folded).not.toContain("+row 7");
    expect(folded).toContain("… 7 more lines (Ctrl-O)");
    expect(folded).not.toMatch(/content|[{}]/);
    app.keyboard.type(KEYS.ctrlO);
    await app.screen.shows("+row 13");
    expect(app.screen.written).toContain("m+row 6");
    const again = await startApp({
      sessions: app.sessions,
      cwd: folder,
      rows: 40,
      start: { session: { type: "last" } },
    });
    await again.screen.shows("Written.");
    expect(await again.screen.shows("+row 6")).toMatch(/write_file a\.txt {2}\+14 -2\n {2}└ @@/);
  });

  it("is not shown if the call failed", async () => {
    const app = await startApp({
      answers: [toolAnswer(toolUse("c", "write_file", { path: "a.txt" })), textAnswer("It failed.")],
      tools: () => [
        writeTool(DIFF, () => {
          throw new Error("The disk is full.");
        }),
      ],
    });
    app.say("Write it.");
    const screen = await app.screen.shows("It failed.");
    expect(screen).toContain("The disk is full.");
    expect(screen).not.toContain("+14");
  });
});

describe("the head of a tool call", () => {
  const entry = (input: ToolEntry["input"]): ToolEntry => ({
    kind: "tool",
    id: 1,
    toolCallId: "c",
    name: "tool",
    state: "done",
    inputText: JSON.stringify(input),
    input,
    output: "",
    attachments: [],
  });

  it.each([
    [{ path: "src/a.ts", content: "a\nb" }, "src/a.ts"],
    [{ content: "x".repeat(100), path: "src/a.ts" }, "src/a.ts"],
    [{ path: "src/a.ts", edits: [{ old: "a", new: "b" }] }, "src/a.ts"],
    [{ path: "src/a.ts", start_line: 3 }, "src/a.ts start_line=3"],
    [{ timeout_ms: 1000, command: "npm test" }, "npm test timeout_ms=1000"],
    [{ pattern: "a.*b", path: "src" }, 'src pattern="a.*b"'],
    [{ left: 1, right: 2 }, "left=1 right=2"],
  ])("shows the path or the command of %j", (input, head) => {
    expect(shortInput(entry(input))).toBe(head);
  });

  it("shows the input as lines when it is unfolded, not as JSON", () => {
    expect(fullInput(entry({ path: "a.txt", content: "one\ntwo", count: 2 }))).toBe(
      "path: a.txt\ncontent:\n  one\n  two\ncount: 2",
    );
  });
});
