import { Agent } from "../agent.ts";
import { defineTool } from "../define-tool.ts";
import type { StreamEvent, TransportEvent } from "../events.ts";
import type { GenerationSettings } from "../generation.ts";
import { MemoryContextStore } from "../memory-context-store.ts";
import { messageText, userMessage } from "../messages.ts";
import type { ModelSpec } from "../models.ts";
import { jsonSchema } from "../object-schema.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";
import { assert, assertEqual, assertRejects } from "./assertions.ts";
import { finishedBlocks } from "./event-builders.ts";
import type { TransportHarness, TransportScenario } from "./transport-harness.ts";

/** One test of the transport contract. */
export interface TransportCheck {
  readonly name: string;
  readonly scenario: TransportScenario;
  readonly run: (
    harness: TransportHarness & {
      /** Throws an error with `message` if the task is not done before the contract's deadline. */
      readonly inTime: <T>(task: Promise<T>, message: string) => Promise<T>;
    },
  ) => Promise<void>;
}

const TEXT = "Hello, wörld 👋 — streamed.";
const REASONING = "Thinking about it.";
const LEFT_OPEN = "A connection was left open.";

/** One value for each setting that every service with the setting accepts. */
const SETTINGS = {
  maxOutputTokens: 4_000,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  stop: ["\u0003"],
  seed: 7,
  presencePenalty: 0.5,
  frequencyPenalty: 0.5,
} as const satisfies Required<GenerationSettings>;

const text: TransportScenario = { kind: "text", text: TEXT };
const reasonedText: TransportScenario = { kind: "text", text: TEXT, reasoning: REASONING };
const calls = [
  { name: "add", input: { left: 2, right: 3 } },
  { name: "add", input: { left: 4, right: 5 } },
];
const tools: TransportScenario = { kind: "tools", calls, text: TEXT };

export const streamChecks: readonly TransportCheck[] = [
  {
    name: "streams text whose deltas add up to the block",
    scenario: reasonedText,
    run: async ({ transport }) => {
      const events = await collect(transport);
      assertEqual(textOf(events), TEXT, "the deltas");
      assertEqual(messageText({ role: "assistant", content: finishedBlocks(events) }), TEXT, "the text");
    },
  },
  {
    name: "streams reasoning separately from text",
    scenario: reasonedText,
    run: async ({ transport }) => {
      const blocks = finishedBlocks(await collect(transport));
      const reasoning = blocks.flatMap((block) => (block.type === "reasoning" ? [block.text] : []));
      assertEqual(reasoning.join(), REASONING, "the reasoning");
    },
  },
  {
    name: "ends a response with exactly one step-end, as its last event",
    scenario: text,
    run: async ({ transport }) => {
      const events = await collect(transport);
      assertEqual(events.filter(({ type }) => type === "step-end").length, 1, "the number of step-ends");
      const last = events.at(-1);
      assert(last?.type === "step-end", "The last event is not a step-end.");
      assertEqual(last.stopReason, "end", "the stop reason");
      assert(last.usage.inputTokens > 0 && last.usage.outputTokens > 0, "The usage has no tokens.");
    },
  },
  {
    name: "numbers blocks from 0 and ends each block that it started",
    scenario: reasonedText,
    run: async ({ transport }) => {
      const events = await collect(transport);
      const started = indexesOf(events);
      const ended = events.flatMap((event) => (event.type === "block-end" ? [event.index] : []));
      assertEqual([...ended].sort().join(), [...started].sort().join(), "the blocks that ended");
      assertEqual(Math.min(...started), 0, "the index of the first block");
    },
  },
];

export const toolChecks: readonly TransportCheck[] = [
  {
    name: "runs parallel tool calls and returns their results",
    scenario: tools,
    run: async ({ transport }) => {
      const inputs: string[] = [];
      const number = { type: "number" };
      const add = defineTool({
        name: "add",
        description: "Adds two numbers.",
        inputSchema: jsonSchema<{ left: number; right: number }>({
          type: "object",
          properties: { left: number, right: number },
          required: ["left", "right"],
        }),
        execute: (input) => {
          inputs.push(JSON.stringify(input));
          return input.left + input.right;
        },
      });
      const agent = new Agent({ transport, system: "You are a test.", tools: [add] });
      const context = new MemoryContextStore();
      const result = await agent.run("Add.", { context });
      assertEqual(result.text, TEXT, "the final text");
      assertEqual(inputs.join(), calls.map(({ input }) => JSON.stringify(input)).join(), "the inputs");
      const roles = (await context.history()).map(({ role }) => role).join();
      assertEqual(roles, "user,assistant,user,assistant", "the roles of the history");
    },
  },
  {
    name: "announces a tool call, streams its input and ends its block",
    scenario: tools,
    run: async ({ transport }) => {
      const events = await collect(transport);
      const starts = events.filter((event) => event.type === "tool-use-start");
      const blocks = finishedBlocks(events).filter((block) => block.type === "tool-use");
      const announced = starts.map(({ toolCallId }) => toolCallId).join();
      assertEqual(blocks.map(({ id }) => id).join(), announced, "the ids of the calls");
      for (const { id, input } of blocks) {
        const deltas = events.map((event) =>
          event.type === "tool-input-delta" && event.toolCallId === id ? event.delta : "",
        );
        const streamed = JSON.stringify(JSON.parse(deltas.join("")));
        assertEqual(streamed, JSON.stringify(input), "the streamed input");
      }
      const last = events.at(-1);
      assert(
        last?.type === "step-end" && last.stopReason === "tool-use",
        "The response did not end with tool-use.",
      );
    },
  },
];

export const requestChecks: readonly TransportCheck[] = [
  {
    name: "has a name, and lists its default model",
    scenario: text,
    run: async ({ transport }) => {
      assert(transport.name.trim() !== "", "The transport has no name.");
      assert(transport.models.has(transport.model.id), "The default model is not listed.");
    },
  },
  {
    name: "sends nothing before it is iterated",
    scenario: text,
    run: async ({ transport, disconnected, requestCount, inTime }) => {
      transport.stream(request());
      await collect(transport);
      if (requestCount !== undefined) assertEqual(requestCount(), 1, "the number of requests");
      await inTime(disconnected(), LEFT_OPEN);
    },
  },
  {
    name: "uses the model of each request, and keeps its default",
    scenario: text,
    run: async ({ transport, requestedModels }) => {
      const models = (await transport.fetchModels?.()) ?? transport.models;
      const { model } = transport;
      const other = [...models].find(({ id }) => id !== model.id) ?? { ...model, id: `${model.id}-other` };
      const requested: readonly (string | ModelSpec)[] = [model, other, other.id];
      await Promise.all(requested.map((each) => collect(transport, { model: each })));
      assertEqual(transport.model.id, model.id, "the default model");
      if (requestedModels === undefined) return;
      const expected = [model.id, other.id, other.id].sort().join();
      assertEqual([...requestedModels()].sort().join(), expected, "the requested models");
    },
  },
  {
    name: "answers a request with every setting, and names those that it does not send",
    scenario: text,
    run: async ({ transport }) => {
      const refused = transport.unsupportedSettings?.(request(SETTINGS)) ?? [];
      for (const { code, details } of refused) {
        assertEqual(code, "unsupported-parameter", "the code of a setting that is not sent");
        assert(Object.hasOwn(SETTINGS, details.parameter ?? ""), `There is no setting ${details.parameter}.`);
      }
      assertEqual(transport.unsupportedSettings?.(request())?.length ?? 0, 0, "the settings of no setting");
      assertEqual(textOf(await collect(transport, SETTINGS)), TEXT, "the text");
    },
  },
];

export const abortChecks: readonly TransportCheck[] = [
  {
    name: "closes the connection if the loop is left",
    scenario: { kind: "endless" },
    run: async ({ transport, disconnected, inTime }) => {
      const left = (async () => {
        for await (const event of transport.stream(request())) {
          if (event.type === "text-delta") break;
        }
      })();
      await inTime(left, "The loop over the stream could not be left.");
      await inTime(disconnected(), LEFT_OPEN);
    },
  },
  {
    name: "closes the connection and throws aborted if the signal fires",
    scenario: { kind: "endless" },
    run: async ({ transport, disconnected, inTime }) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const stopped = assertRejects(async () => {
        for await (const event of transport.stream(request({ signal: controller.signal }))) {
          if (event.type === "text-delta") controller.abort(reason);
        }
      });
      const error = await inTime(stopped, "The stream did not end when its signal fired.");
      assertEqual(error.code, "aborted", "the code of the error");
      assert(error.cause === reason, "The cause of the error is not the reason of the signal.");
      await inTime(disconnected(), LEFT_OPEN);
    },
  },
  {
    name: "throws aborted without a request if the signal has fired before",
    scenario: text,
    run: async ({ transport, requestCount }) => {
      const signal = AbortSignal.abort(new Error("before"));
      const error = await assertRejects(() => collect(transport, { signal }));
      assertEqual(error.code, "aborted", "the code of the error");
      if (requestCount !== undefined) assertEqual(requestCount(), 0, "the number of requests");
    },
  },
];

export const failureChecks: readonly TransportCheck[] = [
  {
    name: "throws an error if the response stops early",
    scenario: { kind: "truncated" },
    run: async ({ transport }) => {
      const error = await assertRejects(() => collect(transport));
      assertEqual(error.code, "stream-truncated", "the code of the error");
    },
  },
  {
    name: "names the blocks to discard before it sends the request again, and streams each text once",
    scenario: { kind: "truncated-once", text: TEXT },
    run: async ({ transport }) => {
      const events = await collect(transport);
      const retry = events.findIndex(({ type }) => type === "retry");
      const shown = indexesOf(events.slice(0, Math.max(retry, 0)));
      if (shown.size > 0) {
        const event = events[retry];
        assert(event?.type === "retry", "Events were repeated without a retry event.");
        const discarded = [...event.discardedBlocks].sort().join();
        assertEqual(discarded, [...shown].sort().join(), "the discarded blocks");
      }
      assertEqual(textOf(events.slice(retry + 1)), TEXT, "the text after the retry");
    },
  },
  {
    name: "throws a permanent error if the request is rejected",
    scenario: { kind: "refused" },
    run: async ({ transport }) => {
      const error = await assertRejects(() => collect(transport));
      assert(!error.retryable, "The error is retryable.");
      assert(error.message.length > 0, "The error has no message.");
    },
  },
  {
    name: "ends a failed run with error and run-end, then throws",
    scenario: { kind: "refused" },
    run: async ({ transport }) => {
      const events: StreamEvent[] = [];
      const error = await assertRejects(async () => {
        for await (const event of new Agent({ transport }).runStream("Hello.")) events.push(event);
      });
      const [failure, end] = events.slice(-2);
      assert(failure?.type === "error" && failure.error === error, "The error event is missing.");
      assert(end?.type === "run-end" && end.reason === "error", "The run-end event is missing.");
    },
  },
];

function request(options: Partial<StreamRequest> = {}): StreamRequest {
  return { system: "You are a test.", messages: [userMessage("Hello.")], tools: [], ...options };
}

async function collect(
  transport: CompletionTransport,
  options?: Partial<StreamRequest>,
): Promise<readonly TransportEvent[]> {
  const events: TransportEvent[] = [];
  for await (const event of transport.stream(request(options))) events.push(event);
  return events;
}

function textOf(events: readonly TransportEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
}

function indexesOf(events: readonly TransportEvent[]): ReadonlySet<number> {
  return new Set(events.flatMap((event) => ("index" in event ? [event.index] : [])));
}
