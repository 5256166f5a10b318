import { PassThrough } from "node:stream";
import { AxioError, defineTool } from "axio";
import { stepEnd, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { runPlain } from "../src/plain/run-plain.ts";
import { temporarySessions } from "./support/running-app.ts";
import { type AppSetup, testOptions } from "./support/test-options.ts";

async function plain(setup: AppSetup, piped = "") {
  const options = testOptions(setup, setup.sessions ?? (await temporarySessions()));
  let [out, progress] = ["", ""];
  const stdout = new PassThrough({ encoding: "utf8" }).on("data", (text: string) => {
    out += text;
  });
  const stderr = new PassThrough({ encoding: "utf8" }).on("data", (text: string) => {
    progress += text;
  });
  const stdin = new PassThrough();
  stdin.end(piped);
  const code = await runPlain({
    ...options,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, out, progress, requests: options.transports[0]?.requests ?? [] };
}

describe("plain mode", () => {
  it("writes only the answer to standard output", async () => {
    const { code, out, progress } = await plain({
      start: { prompt: "Hello" },
      answers: [textAnswer("# Hi\n\nthere")],
    });
    expect({ code, out, progress }).toEqual({ code: 0, out: "# Hi\n\nthere\n", progress: "" });
  });

  it("reads the prompt from standard input", async () => {
    const { code, requests } = await plain({ answers: [textAnswer("Yes.")] }, "What is this?\n");
    expect(code).toBe(0);
    expect(JSON.stringify(requests[0]?.messages)).toContain("What is this?");
  });

  it("writes tool calls to standard error, and denies permission requests", async () => {
    const { code, out, progress, requests } = await plain({
      start: { prompt: "Change it" },
      answers: [toolAnswer(toolUse("c1", "write_file", { path: "a.ts" })), textAnswer("Not allowed.")],
      tools: (host) => [
        defineTool({
          name: "write_file",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: async () => {
            const answer = await host.requestPermission({ title: "Write", key: "write" });
            if (!answer.allowed) throw new Error(answer.reason);
            return "written";
          },
        }),
      ],
    });
    expect(code).toBe(0);
    expect(out).toBe("Not allowed.\n");
    expect(progress).toContain("* write_file a.ts");
    expect(progress).toContain("* write_file failed");
    expect(JSON.stringify(requests[1]?.messages.at(-1))).toContain("no user can be asked");
  });

  it("never writes text that a retry discards", async () => {
    const error = new AxioError("network", "The connection broke.", { retryable: true });
    const { out, progress } = await plain({
      start: { prompt: "Hello" },
      answers: [
        [
          { type: "text-delta", index: 0, delta: "Half" },
          { type: "retry", attempt: 1, delayMs: 0, error, discardedBlocks: [0] },
          ...textAnswer("Whole."),
        ],
      ],
    });
    expect(out).toBe("Whole.\n");
    expect(progress).toContain("The connection broke. Retrying (attempt 1).");
  });

  it("writes commentary to standard error", async () => {
    const [block] = textBlock("I will look.").slice(-1);
    if (block?.type !== "block-end" || block.block.type !== "text") throw new Error("There is no block.");
    const commentary = { ...block, block: { ...block.block, phase: "commentary" as const } };
    const { out, progress } = await plain({
      start: { prompt: "Hello" },
      answers: [[commentary, ...textBlock("Found.", 1), stepEnd()]],
    });
    expect(out).toBe("Found.\n");
    expect(progress).toBe("I will look.\n");
  });

  it("continues the last session", async () => {
    const sessions = await temporarySessions();
    await plain({ sessions, start: { prompt: "I am Ada." }, answers: [textAnswer("Hello, Ada.")] });
    const { requests } = await plain({
      sessions,
      start: { prompt: "Who am I?", session: { type: "last" } },
      answers: [textAnswer("Ada.")],
    });
    expect(requests[0]?.messages).toHaveLength(3);
  });

  it.each<[string, AppSetup, number, string]>([
    ["there is no prompt", {}, 2, "There is no prompt"],
    ["a dumb terminal shows no screens", { env: { TERM: "dumb" } }, 2, "other than TERM=dumb"],
    [
      "the user is not signed in",
      { isSignedOut: true, start: { prompt: "x" } },
      3,
      "not signed in to Scripted",
    ],
    [
      "there is no transport of the requested name",
      { start: { prompt: "x", provider: "other" } },
      2,
      'no provider "other"',
    ],
    [
      "the request fails",
      { start: { prompt: "x" }, answers: [new AxioError("overloaded", "It is overloaded.")] },
      1,
      "It is overloaded.",
    ],
  ])("returns an exit code if %s", async (_case, setup, expected, message) => {
    const { code, out, progress } = await plain(setup);
    expect(code).toBe(expected);
    expect(out).toBe("");
    expect(progress).toContain(message);
  });

  it("refuses input that is not text", async () => {
    const { code, progress } = await plain({}, "\0\u0001\u0002");
    expect(code).toBe(2);
    expect(progress).toContain("not text");
  });
});
