import { PassThrough } from "node:stream";
import { AxioError } from "axio";
import { stepEnd, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import { openOutput } from "axio-cli/internal";
import { describe, expect, it } from "vitest";
import type { HeadlessOptions } from "../../src/headless/conversation.ts";
import type { OutputFormat } from "../../src/headless/output-format.ts";
import { type PrintOptions, printRun } from "../../src/headless/print-run.ts";
import { askingTool, openHeadless } from "../support/headless.ts";
import type { AppSetup } from "../support/test-options.ts";

interface Printing extends AppSetup, Partial<PrintOptions> {
  readonly format?: OutputFormat;
  readonly options?: Partial<HeadlessOptions>;
}

async function print({ format = "text", options, output, signal, timeLimit, ...setup }: Printing) {
  const { conversation } = await openHeadless(setup, options);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await printRun(
    conversation,
    [{ type: "text", text: "Hello" }],
    { format, output, signal, timeLimit },
    { out: openOutput(stdout, {}, false), err: openOutput(stderr, {}, true) },
  );
  await conversation.close();
  return { code, out: String(stdout.read() ?? ""), progress: String(stderr.read() ?? "") };
}

const call = toolAnswer(toolUse("c1", "shell", { command: "make" }));
const OUTPUT = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };

describe("a prompt in a script", () => {
  it("writes only the answer to standard output, as the model wrote it", async () => {
    const printed = await print({ answers: [textAnswer("all:\n\tmake it")] });
    expect(printed).toEqual({ code: 0, out: "all:\n\tmake it\n", progress: "" });
  });

  it("writes tool calls, denials and what the model says before to standard error", async () => {
    const { code, out, progress } = await print({
      answers: [
        [
          ...textBlock("I will build it."),
          ...call.map((event) => ("index" in event ? { ...event, index: 1 } : event)),
        ],
        textAnswer("Not allowed."),
      ],
      tools: askingTool(),
    });
    expect({ code, out }).toEqual({ code: 5, out: "Not allowed.\n" });
    expect(progress.split("\n")).toEqual([
      "I will build it.",
      "* shell make",
      "* Denied: Run a command. Allow it: --allow 'shell: make *'",
      expect.stringContaining("* shell failed"),
      "",
    ]);
  });

  it("does not fail because of what the user's rules deny", async () => {
    const permissions = { deny: ["shell: make"] };
    const { code, progress } = await print({
      answers: [call, textAnswer("Then not.")],
      tools: askingTool(),
      settings: { permissions },
    });
    expect(code).toBe(0);
    expect(progress).toContain("* Denied: Run a command.\n");
  });

  it("never writes text that a retry discards", async () => {
    const error = new AxioError("network", "The connection broke.", { retryable: true });
    const { out, progress } = await print({
      answers: [
        [
          { type: "text-delta", index: 0, delta: "Half" },
          { type: "retry", attempt: 1, delayMs: 0, error, discardedBlocks: [0] },
          ...textAnswer("Whole."),
        ],
      ],
    });
    expect(out).toBe("Whole.\n");
    expect(progress).toBe("* The connection broke. Retrying (attempt 1).\n");
  });

  it("writes commentary to standard error", async () => {
    const [block] = textBlock("I will look.").slice(-1);
    if (block?.type !== "block-end" || block.block.type !== "text") throw new Error("There is no block.");
    const commentary = { ...block, block: { ...block.block, phase: "commentary" as const } };
    const { out, progress } = await print({ answers: [[commentary, ...textBlock("Found.", 1), stepEnd()]] });
    expect({ out, progress }).toEqual({ out: "Found.\n", progress: "I will look.\n" });
  });

  it("prints one JSON object with the outcome", async () => {
    const { out, code } = await print({
      format: "json",
      answers: [textAnswer('{"ok":true}')],
      output: OUTPUT,
    });
    expect(code).toBe(0);
    expect(out.endsWith("}\n")).toBe(true);
    expect(JSON.parse(out)).toMatchObject({
      type: "result",
      version: 1,
      endReason: "end",
      text: '{"ok":true}',
      object: { ok: true },
      usage: { inputTokens: 10, outputTokens: 5 },
      steps: 1,
      denied: [],
      sessionId: expect.any(String),
    });
  });

  it("prints each event as a line of JSON, errors included", async () => {
    const error = new AxioError("overloaded", "It is overloaded.", { details: { status: 503 } });
    const { out, code } = await print({ format: "events", answers: [error] });
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(events.map(({ type }) => type)).toEqual(["run-start", "error", "run-end", "result"]);
    const json = {
      code: "overloaded",
      message: "It is overloaded.",
      retryable: false,
      details: { status: 503 },
    };
    expect(events[1].error).toEqual(json);
    expect(events[3].error).toEqual(json);
  });

  const refusal = [...textBlock("No."), stepEnd("refusal")];
  it.each<[string, Printing, number, string, string]>([
    [
      "the response does not fit the schema",
      { answers: [textAnswer("{}")], output: OUTPUT },
      6,
      "",
      "does not fit",
    ],
    ["the response is no JSON", { answers: [textAnswer("Yes.")], output: OUTPUT }, 6, "", "is not JSON"],
    ["the model refuses instead", { answers: [refusal], output: OUTPUT }, 8, "", "refused"],
    ["the model refuses", { answers: [refusal] }, 8, "No.\n", "The model refused."],
    [
      "the step limit is reached",
      { answers: [call], tools: askingTool(), options: { maxSteps: 1 } },
      7,
      "",
      "step limit. Continue: axio -p --resume ",
    ],
    [
      "the response is cut off",
      { answers: [[...textBlock("Once upon"), stepEnd("max-output-tokens")]] },
      1,
      "Once upon\n",
      "output limit",
    ],
    [
      "the limit of the account is reached",
      { answers: [new AxioError("usage-limit", "It resets at 12:00.")] },
      4,
      "",
      "It resets at 12:00.",
    ],
  ])("returns an exit code if %s", async (_case, setup, code, out, message) => {
    const printed = await print(setup);
    expect({ code: printed.code, out: printed.out }).toEqual({ code, out });
    expect(printed.progress).toContain(message);
  });

  it.each([
    ["the user", 130, "Stopped. Continue: axio -p --resume "],
    ["the time limit", 124, "The time limit is reached."],
  ])("prints what was received when %s stops it", async (by, code, message) => {
    const stop = new AbortController();
    const printed = await print({
      ...(by === "the user" ? { signal: stop.signal } : { timeLimit: stop.signal }),
      answers: [
        async function* ({ signal }) {
          yield { type: "text-delta", index: 0, delta: "Half of" };
          stop.abort();
          if (!signal?.aborted) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
        },
      ],
    });
    expect({ code: printed.code, out: printed.out }).toEqual({ code, out: "Half of\n" });
    expect(printed.progress).toContain(message);
  });
});
