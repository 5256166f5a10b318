import { Agent, type ApprovalDecision, defineTool, NO_USAGE, type StopReason } from "axio";
import {
  applyAsk,
  applyDecision,
  applyModel,
  applyStop,
  applyStored,
  applyTool,
  nextStep,
  type RunState,
  startRun,
} from "axio/runs";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";

const usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 5 };

function start(change: Partial<Parameters<typeof startRun>[0]> = {}): RunState {
  return startRun({ runId: "r", conversationId: "c", maxSteps: 3, repetitionLimit: 2, ...change });
}

function answered(calls: number, stopReason: StopReason = calls > 0 ? "tool-use" : "end"): RunState {
  return applyModel(start(), { stopReason, usage, calls });
}

/** A step with one call that returned `output`. */
function withStep(state: RunState, output: string): RunState {
  const called = applyModel(state, { stopReason: "tool-use", usage, calls: 1 });
  return applyStored(applyTool(called, `${state.step}.0`), { fingerprint: output });
}

describe("The next step of a run", () => {
  const cases: readonly (readonly [string, RunState, unknown])[] = [
    ["a new run needs a response", start(), { kind: "model", step: 1, isLast: false }],
    ["the only step is the last", start({ maxSteps: 1 }), { kind: "model", step: 1, isLast: true }],
    ["a response without calls is stored", answered(0), { kind: "store" }],
    [
      "all calls of a response may run at once",
      answered(2),
      {
        kind: "tools",
        isLast: false,
        calls: [
          { key: "1.0", status: "pending" },
          { key: "1.1", status: "pending" },
        ],
      },
    ],
    [
      "settled and asked calls are not run",
      applyAsk(applyTool(applyModel(start(), { stopReason: "tool-use", usage, calls: 3 }), "1.0"), "1.1"),
      { kind: "tools", isLast: false, calls: [{ key: "1.2", status: "pending" }] },
    ],
    [
      "a run waits for decisions only when all else is done",
      applyAsk(applyTool(answered(2), "1.0"), "1.1"),
      { kind: "ask", calls: [{ key: "1.1", status: "asked" }] },
    ],
    [
      "a decided call may run",
      applyDecision(applyAsk(answered(1), "1.0"), "1.0"),
      { kind: "tools", isLast: false, calls: [{ key: "1.0", status: "pending" }] },
    ],
    ["results of all calls are stored with the response", applyTool(answered(1), "1.0"), { kind: "store" }],
    [
      "a stored step with calls leads to the next",
      withStep(start(), "a"),
      { kind: "model", step: 2, isLast: false },
    ],
    ["a settled call stays settled", applyAsk(applyTool(answered(1), "1.0"), "1.0"), { kind: "store" }],
    [
      "the end of the response is that of the run",
      applyStored(answered(0, "refusal"), {}),
      { kind: "done", reason: "refusal" },
    ],
    [
      "tool use without calls is an end",
      applyStored(answered(0, "tool-use"), {}),
      { kind: "done", reason: "end" },
    ],
    [
      "calls in the last step end the run",
      withStep(start({ maxSteps: 1 }), "a"),
      { kind: "done", reason: "max-steps" },
    ],
    [
      "the same step twice ends the run",
      withStep(withStep(start(), "a"), "a"),
      { kind: "done", reason: "repetition" },
    ],
    [
      "a different result is no repetition",
      withStep(withStep(start(), "a"), "b"),
      { kind: "model", step: 3, isLast: true },
    ],
    [
      "without a limit nothing is a repetition",
      withStep(withStep(start({ repetitionLimit: Number.POSITIVE_INFINITY }), "a"), "a"),
      { kind: "model", step: 3, isLast: true },
    ],
    ["a stopped run is over", applyStop(answered(1), "aborted"), { kind: "done", reason: "aborted" }],
    [
      "used-up tokens end the run before the next step",
      withStep(start({ budget: { maxTokens: 15 } }), "a"),
      { kind: "done", reason: "budget" },
    ],
    [
      "a passed deadline ends the run",
      start({ budget: { deadlineAt: 1 } }),
      { kind: "done", reason: "budget" },
    ],
  ];

  it.each(cases)("%s", (_name, state, expected) => {
    expect(nextStep(state)).toEqual(expected);
  });
});

describe("The state of a run", () => {
  it("is JSON of less than 4 kB after 1,000 steps with large results", () => {
    let state = start({ maxSteps: 2_000, repetitionLimit: 5, runId: crypto.randomUUID() });
    for (let step = 0; step < 1_000; step += 1) state = withStep(state, `${step} ${"result ".repeat(100)}`);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(JSON.stringify(state).length).toBeLessThan(4_000);
    expect(state.usage.inputTokens).toBe(10_000);
  });

  it("is not changed by a step", () => {
    const state = Object.freeze(answered(2));
    const before = JSON.stringify(state);
    applyStop(applyAsk(applyTool(state, "1.0"), "1.1"), "error");
    expect(JSON.stringify(state)).toBe(before);
  });
});

describe("A guard that asks", () => {
  const send = (inputs: unknown[]) =>
    defineTool({
      name: "send",
      description: "Sends.",
      inputSchema: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
      guards: [({ input }) => ({ action: "ask", question: `Send to ${(input as { to: string }).to}?` })],
      execute: (input, { idempotencyKey, attempt }) => {
        inputs.push(input, attempt);
        return idempotencyKey;
      },
    });

  async function run(approve?: (question: string) => Promise<ApprovalDecision>) {
    const inputs: unknown[] = [];
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "send", { to: "ada" })),
      textAnswer("Done."),
    ]);
    const agent = new Agent({
      transport,
      tools: [send(inputs)],
      ...(approve === undefined ? {} : { approve: ({ question }) => approve(question) }),
    });
    const { messages } = await agent.run("Send it.");
    const result = messages.flatMap(({ content }) => content).find(({ type }) => type === "tool-result");
    return { inputs, result };
  }

  it("runs an allowed call, with the user's input if that was changed", async () => {
    const questions: string[] = [];
    const { inputs, result } = await run(async (question) => {
      questions.push(question);
      return { action: "change", input: { to: "bob" } };
    });
    expect(questions).toEqual(["Send to ada?"]);
    expect(inputs).toEqual([{ to: "bob" }, 1]);
    expect(result).toMatchObject({ content: expect.stringMatching(/^[-0-9a-f]{36}\.1\.0$/) });
  });

  it.each([
    ["the user denies", async () => ({ action: "deny", reason: "Not today." }) as const, "Not today."],
    ["asking fails", async () => Promise.reject(new Error("offline")), "the approval failed: offline"],
    ["the answer is undefined", async () => undefined as never, "the answer was no decision"],
    ["the answer is true", async () => true as never, "the answer was no decision"],
    ["the action is unknown", async () => ({ action: "approve" }) as never, "the answer was no decision"],
    ["a change has no input", async () => ({ action: "change" }) as never, "the answer was no decision"],
    ["no user can be asked", undefined, "no user can be asked: Send to ada?"],
  ])("denies the call if %s", async (_name, approve, reason) => {
    const { inputs, result } = await run(approve);
    expect(inputs).toEqual([]);
    expect(result).toMatchObject({ isError: true, content: expect.stringContaining(reason) });
  });
});
