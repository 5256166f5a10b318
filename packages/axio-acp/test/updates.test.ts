import type { SessionUpdate } from "@agentclientprotocol/sdk";
import { AxioError, type StreamEvent } from "axio";
import { stepEnd, textBlock, toolUseBlock } from "axio/testing";
import { describe, expect, test } from "vitest";
import { askingCall, chosenAnswer } from "../src/requests/permission-options.ts";
import { requestError } from "../src/requests/request-error.ts";
import { listPage } from "../src/requests/session-list.ts";
import { describeCall } from "../src/updates/describe-call.ts";
import { diffContent } from "../src/updates/diff-content.ts";
import { type RunProgress, startProgress } from "../src/updates/run-progress.ts";
import { runUpdates } from "../src/updates/run-updates.ts";

const CWD = "/project";

/** The updates for events of one run. */
function updatesFor(events: readonly StreamEvent[]): readonly SessionUpdate[] {
  let progress: RunProgress = startProgress("run");
  return events.flatMap((event) => {
    const step = runUpdates(progress, event, { cwd: CWD });
    progress = step.progress;
    return step.updates;
  });
}

describe("events", () => {
  test("show the part of a text that had no deltas, and its sources", () => {
    const text = "Sunny.";
    const updates = updatesFor([
      { type: "text-delta", index: 0, delta: "Sun" },
      {
        type: "block-end",
        index: 0,
        block: { type: "text", text, sources: [{ url: "https://a.example", title: "A [1]" }] },
      },
    ]);
    expect(updates.map((update) => ("content" in update ? update.content : undefined))).toEqual([
      { type: "text", text: "Sun" },
      { type: "text", text: "ny.\n\n- [A \\[1\\]](<https://a.example>)\n" },
    ]);
  });

  test("fail the calls that a retry discards and those that a stopped run leaves open", () => {
    const retry: StreamEvent = {
      type: "retry",
      attempt: 1,
      delayMs: 0,
      error: new AxioError("network", "Lost."),
      discardedBlocks: [0],
    };
    const updates = updatesFor([
      ...toolUseBlock("a", "shell", { command: "ls" }),
      retry,
      ...toolUseBlock("b", "shell", { command: "ls" }),
      stepEnd("tool-use"),
      { type: "tool-output-delta", toolCallId: "b", name: "shell", delta: "file\n" },
      { type: "run-end", reason: "aborted", usage: stepEnd().usage, steps: 1 },
    ]);
    const failed = updates.filter((update) => "status" in update && update.status === "failed");
    expect(failed).toMatchObject([{ toolCallId: "a" }, { toolCallId: "b" }]);
    expect(JSON.stringify(failed[1])).toMatch(/file.*Stopped/);
  });

  test("send long output of a running call ever less often, and its end only", () => {
    const line = `${"x".repeat(99)}\n`;
    const output = Array.from(
      { length: 2_000 },
      (): StreamEvent => ({
        type: "tool-output-delta",
        toolCallId: "a",
        name: "shell",
        delta: line,
      }),
    );
    const updates = updatesFor([...toolUseBlock("a", "shell", { command: "yes" }), ...output]);
    const sent = updates.map((update) => JSON.stringify(update).length);
    expect(updates.length).toBeLessThan(80);
    expect(Math.max(...sent)).toBeLessThan(25_000);
  });

  test("keep the ids of messages of different responses apart", () => {
    const updates = updatesFor([...textBlock("One."), stepEnd("tool-use"), ...textBlock("Two."), stepEnd()]);
    const ids = updates.flatMap((update) => ("messageId" in update ? [update.messageId] : []));
    expect(new Set(ids).size).toBe(2);
  });
});

describe("diffs", () => {
  test("name new files, and keep the end of a file without a newline", () => {
    const created = "--- /dev/null\n+++ b/src/a.ts\n@@ -0,0 +1,1 @@\n+let a;\n\\ No newline at end of file\n";
    expect(diffContent(created, CWD)).toEqual([
      { type: "diff", path: "/project/src/a.ts", oldText: null, newText: "let a;" },
    ]);
  });

  test("have one part for each hunk", () => {
    const diff = "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -9,1 +9,2 @@\n i\n+j\n";
    expect(diffContent(diff, CWD)).toEqual([
      { type: "diff", path: "/project/a", oldText: "a\nb\n", newText: "A\nb\n" },
      { type: "diff", path: "/project/a", oldText: "i\n", newText: "i\nj\n" },
    ]);
  });

  test("are shown as text if they were shortened", () => {
    const shortened = "--- a/a\n+++ b/a\n@@ -1,3000 +1,3000 @@\n-a\n… 5,999 more lines of the change\n";
    expect(diffContent(shortened, CWD)).toEqual([
      { type: "content", content: { type: "text", text: `\`\`\`diff\n${shortened}\`\`\`` } },
    ]);
  });
});

describe("descriptions", () => {
  test.each([
    ["shell", { command: "echo `date`\nls" }, "`` echo `date` ls ``", "execute"],
    ["read_file", { path: "a.ts" }, "Read `a.ts`", "read"],
    ["toString", { query: "x" }, "toString `x`", "other"],
    ["files__list", {}, "files__list", "other"],
  ])("of a call of %s", (name, input, title, kind) => {
    expect(describeCall(name, input, CWD)).toMatchObject({ title, kind });
  });

  test("of a permission request hide nothing", () => {
    const subject = { type: "shell", command: "ls \u202eecho" } as const;
    const call = askingCall({ title: "Run\u200b it", key: "k", subject }, "own-id", CWD);
    expect(call).toMatchObject({ toolCallId: "own-id", title: "Run\\u{200b} it" });
    expect(JSON.stringify(call.content)).toContain("\\\\u{202e}echo");
  });
});

test("an answer that was not offered is a no", () => {
  expect(chosenAnswer({ outcome: "selected", optionId: "rule" }, [])).toEqual({
    answer: { type: "no" },
    rules: [],
  });
  expect(chosenAnswer({ outcome: "selected", optionId: "all" }, [])).toMatchObject({
    answer: { type: "no" },
  });
  expect(chosenAnswer({ outcome: "cancelled" }, [])).toMatchObject({ answer: { type: "no" } });
});

test("errors of any kind have a code and a message", () => {
  expect(requestError(new AxioError("aborted", "Stopped."))).toMatchObject({ code: -32800 });
  expect(requestError(new TypeError("x is not a function"))).toMatchObject({
    code: -32603,
    data: { code: "unexpected" },
  });
});

test("sessions are listed in pages", async () => {
  const stored = Array.from({ length: 120 }, (_, index) => ({
    id: String(index),
    createdAt: 0,
    updatedAt: 0,
    messageCount: 1,
    preview: "",
    directory: CWD,
    tokenCount: 0,
  }));
  const read = async (limit: number): Promise<typeof stored> => stored.slice(0, limit);
  const seen: string[] = [];
  for (let cursor: string | null | undefined = null; cursor !== undefined; ) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(cursor, read);
    seen.push(...page.sessions.map(({ sessionId }) => sessionId));
    cursor = page.nextCursor ?? undefined;
  }
  expect(seen).toEqual(stored.map(({ id }) => id));
  await expect(listPage("next", read)).rejects.toMatchObject({ code: -32602 });
});
