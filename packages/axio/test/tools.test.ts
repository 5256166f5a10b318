import { Agent, defineTool, type Guard, type JsonObject, MemoryContextStore, type ToolUseBlock } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { anyTool, deferred, read, settled, toolResults } from "./support.ts";

type Options = Partial<ConstructorParameters<typeof Agent>[0]>;

/** Runs one step with these calls and returns the results by id, the events, and the stored messages. */
async function turn(calls: readonly ToolUseBlock[], options: Options) {
  const transport = new ScriptedTransport([toolAnswer(...calls), textAnswer("Done.")]);
  const context = new MemoryContextStore();
  const { events, error } = await read(new Agent({ transport, ...options }).runStream("Go", { context }));
  expect(error).toBeUndefined();
  return { results: toolResults(events), events, history: await context.history() };
}

const failed = (content: unknown) => ({ isError: true, content });

describe("two calls with one id", () => {
  it("each get their own result", async () => {
    const tool = anyTool("tool", (input) => input);
    const calls = ["a", "b"].map((name) => ({ ...toolUse("same", "tool"), input: { name } }));
    const { history } = await turn(calls, { tools: [tool] });
    const results = history.flatMap(({ content }) => content).filter(({ type }) => type === "tool-result");
    expect(results).toEqual([
      { type: "tool-result", toolCallId: "same", content: '{"name":"a"}' },
      { type: "tool-result", toolCallId: "same", content: '{"name":"b"}' },
    ]);
  });
});

describe("a tool result", () => {
  it.each([
    ["text as it is", "hello", "hello"],
    ["blocks as they are", [{ type: "text", text: "a" }], [{ type: "text", text: "a" }]],
    ["an object as JSON", { a: [1, null] }, '{"a":[1,null]}'],
    ["an empty list as JSON", [], "[]"],
    ["a list that only looks like blocks as JSON", [{ type: "text" }], '[{"type":"text"}]'],
    ["a number", 0, "0"],
    ["nothing", undefined, ""],
  ])("contains %s", async (_name, output, content) => {
    const { results } = await turn([toolUse("1", "tool")], { tools: [anyTool("tool", () => output)] });
    expect(results).toEqual([{ type: "tool-result", toolCallId: "1", content }]);
  });

  it.each([
    [
      "throws an error",
      () => {
        throw new Error("no such city");
      },
      "no such city",
    ],
    [
      "throws an error without a message",
      () => {
        throw new RangeError();
      },
      "RangeError",
    ],
    [
      "throws a string",
      () => {
        throw "text";
      },
      "text",
    ],
    [
      "throws an object without a text",
      () => {
        throw Object.create(null);
      },
      "an error that cannot be shown",
    ],
    ["rejects", () => Promise.reject(new Error("later")), "later"],
  ])("is an error if the tool %s, and the run continues", async (_name, execute, content) => {
    const { results } = await turn([toolUse("1", "tool")], { tools: [anyTool("tool", execute)] });
    expect(results[0]).toMatchObject(failed(content));
  });
});

describe("a call that cannot run", () => {
  const tools = [
    defineTool({
      name: "add",
      description: "Adds.",
      inputSchema: z.object({ left: z.number(), right: z.number() }),
      execute: ({ left, right }) => left + right,
    }),
  ];

  it("names the tools if the tool is unknown", async () => {
    const { results } = await turn([toolUse("1", "substract")], { tools });
    expect(results[0]).toMatchObject(failed('There is no tool "substract". The tools are: add.'));
    const none = await turn([toolUse("1", "toString")], {});
    expect(none.results[0]).toMatchObject(failed('There is no tool "toString". There are no tools.'));
  });

  it("asks for the input again if it is not JSON", async () => {
    const call: ToolUseBlock = {
      type: "tool-use",
      id: "1",
      name: "add",
      input: null,
      inputText: '{"left": 1',
    };
    const { results, history } = await turn([call], { tools });
    expect(results[0]).toMatchObject(failed(expect.stringMatching(/not valid JSON/)));
    expect(history[1]?.content).toEqual([call]);
  });

  it("has the issues if the input does not fit", async () => {
    const { results } = await turn([toolUse("1", "add", { left: 1, right: "2" })], { tools });
    expect(results[0]).toMatchObject(failed(expect.stringMatching(/^The input of add.*\n- right: /s)));
  });
});

describe("a tool gets", () => {
  it("the signal, the conversation, the id of the call, and a copy of the input", async () => {
    const seen = vi.fn();
    const tool = anyTool("tool", (input, context) => {
      seen(context.signal.aborted, context.toolCallId, context.context.id);
      (input as { list: number[] }).list.push(2);
      return "done";
    });
    const { history } = await turn([toolUse("call-1", "tool", { list: [1] })], { tools: [tool] });
    expect(seen).toHaveBeenCalledWith(false, "call-1", expect.any(String));
    expect(history[1]?.content).toMatchObject([{ input: { list: [1] } }]);
  });

  it("emit(), which shows output until the tool is done or fails", async () => {
    const kept: ((delta: string) => void)[] = [];
    const gate = deferred();
    const tools = [
      anyTool("good", (_input, { emit }) => {
        kept.push(emit);
        emit("a");
        return "done";
      }),
      anyTool("bad", (_input, { emit }) => {
        kept.push(emit);
        emit("b");
        throw new Error("failed");
      }),
      anyTool("last", async () => {
        await gate.promise;
        for (const emit of kept) emit("too late");
        return "done";
      }),
    ];
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "good"), toolUse("2", "bad"), toolUse("3", "last")),
      textAnswer("Done."),
    ]);
    let done = 0;
    const { events } = await read(new Agent({ transport, tools }).runStream("Go"), (event) => {
      if (event.type === "tool-result") done += 1;
      if (done === 2) gate.resolve();
    });
    for (const emit of kept) emit("much too late");
    expect(events.filter(({ type }) => type === "tool-output-delta")).toEqual([
      { type: "tool-output-delta", toolCallId: "1", name: "good", delta: "a" },
      { type: "tool-output-delta", toolCallId: "2", name: "bad", delta: "b" },
    ]);
  });
});

describe("guards", () => {
  const run = vi.fn((input: JsonObject) => JSON.stringify(input));
  const tool = (guards: readonly Guard[] = []) => anyTool("tool", run, { guards });
  const call = toolUse("1", "tool", { path: "/etc" });

  it("run in order, those of the agent first, each with the input that the previous one left", async () => {
    run.mockClear();
    const seen: unknown[] = [];
    const guard =
      (name: string): Guard =>
      ({ input, toolCallId, tool: { name: toolName } }) => {
        seen.push([name, toolName, toolCallId, input]);
        return { action: "change", input: { ...(input as JsonObject), [name]: true } };
      };
    const { results, history } = await turn([call], {
      guards: [guard("agent")],
      tools: [tool([guard("own")])],
    });
    expect(seen).toEqual([
      ["agent", "tool", "1", { path: "/etc" }],
      ["own", "tool", "1", { path: "/etc", agent: true }],
    ]);
    expect(results[0]?.content).toBe('{"path":"/etc","agent":true,"own":true}');
    // The history has the input of the model.
    expect(history[1]?.content).toEqual([call]);
  });

  it("deny with a reason for the model, and later ones do not run", async () => {
    run.mockClear();
    const later = vi.fn(() => ({ action: "allow" as const }));
    const guards: Guard[] = [async () => ({ action: "deny", reason: "not there" }), later];
    const { results } = await turn([call], { guards, tools: [tool()] });
    expect(results[0]).toMatchObject(failed("Denied: not there"));
    expect(later).not.toHaveBeenCalled();
    expect(run).not.toHaveBeenCalled();
  });

  it.each<[string, Guard]>([
    [
      "throws",
      () => {
        throw new Error("no terminal");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no terminal"))],
    ["answers nothing", () => undefined as never],
    ["answers what is no decision", () => ({ action: "alow" }) as never],
  ])("deny if one %s", async (_name, guard) => {
    run.mockClear();
    const { results } = await turn([call], { guards: [guard], tools: [tool()] });
    expect(results[0]).toMatchObject(failed(expect.stringMatching(/^Denied: A guard/)));
    expect(run).not.toHaveBeenCalled();
  });

  it("cannot change the input to one that does not fit, nor in place", async () => {
    const strict = defineTool({
      name: "tool",
      description: "Strict.",
      inputSchema: z.object({ path: z.string() }),
      execute: ({ path }) => path,
    });
    const changing: Guard = () => ({ action: "change", input: { path: 5 } });
    const changed = await turn([call], { guards: [changing], tools: [strict] });
    expect(changed.results[0]).toMatchObject(failed(expect.stringMatching(/path/)));
    const writing: Guard = ({ input }) => {
      Object.assign(input as object, { path: 5 });
      return { action: "allow" };
    };
    const written = await turn([call], { guards: [writing], tools: [strict] });
    expect(written.results[0]?.content).toBe("/etc");
    expect(written.history[1]?.content).toMatchObject([{ input: { path: "/etc" } }]);
  });
});

describe("concurrency", () => {
  it("is unlimited by default; a limit applies to all runs of the tool, in order of arrival", async () => {
    for (const [concurrency, expected] of [
      [undefined, 6],
      [1, 1],
      [2, 2],
    ] as const) {
      let running = 0;
      let most = 0;
      const order: string[] = [];
      const execute = async (_input: JsonObject, { toolCallId }: { readonly toolCallId: string }) => {
        order.push(toolCallId);
        running += 1;
        most = Math.max(most, running);
        await settled();
        running -= 1;
        return "done";
      };
      const tools = [anyTool("tool", execute, concurrency === undefined ? {} : { concurrency })];
      const calls = (run: string) => ["1", "2", "3"].map((id) => toolUse(`${run}${id}`, "tool"));
      await Promise.all([turn(calls("a"), { tools }), turn(calls("b"), { tools })]);
      expect(most).toBe(expected);
      expect(order.filter((id) => id.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    }
  });

  it("continues after a failure and after an aborted wait", async () => {
    const gate = deferred();
    const ran: string[] = [];
    const tool = anyTool(
      "tool",
      async (_input, { toolCallId }) => {
        ran.push(toolCallId);
        if (toolCallId === "1") {
          await gate.promise;
          throw new Error("failed");
        }
        return "done";
      },
      { concurrency: 1 },
    );
    const start = (...ids: string[]) => {
      const calls = ids.map((id) => toolUse(id, "tool"));
      const transport = new ScriptedTransport([toolAnswer(...calls), textAnswer("Done.")]);
      return new Agent({ transport, tools: [tool] }).runStream("Go");
    };
    const holding = read(start("1"));
    await settled();
    const cancelled = start("2", "3");
    const waiting = read(cancelled);
    await settled();
    const next = read(start("4"));
    await settled();
    cancelled.abort();
    await waiting;
    expect(ran).toEqual(["1"]);
    gate.resolve();
    await Promise.all([holding, next]);
    expect(ran).toEqual(["1", "4"]);
  });
});
