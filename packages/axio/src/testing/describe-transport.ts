import { Agent } from "../agent.ts";
import { defineTool } from "../define-tool.ts";
import type { StreamEvent, TransportEvent } from "../events.ts";
import type { JsonObject } from "../json.ts";
import { MemoryContextStore } from "../memory-context-store.ts";
import { messageText, userMessage } from "../messages.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";
import { assert, assertDone, assertEqual, assertRejects } from "./assertions.ts";
import { finishedBlocks } from "./event-builders.ts";

/** What the peer of a transport is to do, call by call. */
export type TransportScenario =
  /** Answers with this reasoning, if any, and this text. */
  | { readonly kind: "text"; readonly text: string; readonly reasoning?: string }
  /** Asks for these tools in one answer; when their results are there, answers with the text. */
  | {
      readonly kind: "tools";
      readonly calls: readonly { readonly name: string; readonly input: JsonObject }[];
      readonly text: string;
    }
  /** Begins a text and never ends it. */
  | { readonly kind: "endless" }
  /** Sends a part of a text, then closes the connection without an end, each time it is asked. */
  | { readonly kind: "truncated" }
  /** The same the first time; then answers with the text. */
  | { readonly kind: "truncated-once"; readonly text: string }
  /** Refuses the request for good, each time. */
  | { readonly kind: "refused" };

/** A transport with its peer. */
export interface TransportHarness {
  /** Retries without waiting for long. */
  readonly transport: CompletionTransport;
  /** Resolves when no connection to the peer is open any more. */
  readonly disconnected: () => Promise<void>;
  /** How often the peer was asked so far. Without it, a transport that asks too early goes unnoticed. */
  readonly requestCount?: () => number;
  /** Called once, after each check. */
  readonly close: () => Promise<void>;
}

/** What `describeTransport()` needs: a test runner's two functions, and a way to make harnesses. */
export interface TransportContract {
  readonly name: string;
  /** `describe` of vitest, `node:test`, jest or mocha. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** `it` of the same. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly create: (scenario: TransportScenario) => Promise<TransportHarness>;
  /** How long a transport may take to let go after it was stopped, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
}

const TEXT = "Hello, wörld 👋 — streamed.";

/**
 * The contract that every transport must keep, as tests.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { describeTransport, ScriptedTransport, textAnswer } from "axio/testing";
 *
 * describeTransport({
 *   name: "MyTransport",
 *   describe,
 *   it,
 *   create: async (scenario) => ({
 *     // Your transport, and a peer that does what the scenario says.
 *     transport: new ScriptedTransport([textAnswer(scenario.kind)]),
 *     disconnected: async () => {},
 *     close: async () => {},
 *   }),
 * });
 * ```
 */
export function describeTransport(contract: TransportContract): void {
  const { deadlineMs = 5_000 } = contract;
  const letGo = (disconnected: Promise<void>): Promise<void> =>
    assertDone(disconnected, deadlineMs, "A connection was left open.");
  const check = (
    name: string,
    scenario: TransportScenario,
    body: (harness: TransportHarness) => Promise<void>,
  ): void => {
    contract.it(name, async () => {
      const harness = await contract.create(scenario);
      try {
        await body(harness);
      } finally {
        await harness.close();
      }
    });
  };

  contract.describe(`${contract.name} keeps the transport contract`, () => {
    check(
      "names itself and has its model on its list",
      { kind: "text", text: TEXT },
      async ({ transport }) => {
        assert(transport.name.trim() !== "", "The transport has no name.");
        assert(transport.models.has(transport.model.id), "The model in use is not on the list of models.");
      },
    );

    check(
      "streams text whose deltas add up to the block",
      { kind: "text", text: TEXT, reasoning: "A thought." },
      async ({ transport }) => {
        const events = await collect(transport);
        const deltas = events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
        assertEqual(deltas, TEXT, "the deltas");
        assertEqual(messageText({ role: "assistant", content: finishedBlocks(events) }), TEXT, "the text");
      },
    );

    check(
      "streams reasoning apart from text",
      { kind: "text", text: TEXT, reasoning: "A thought." },
      async ({ transport }) => {
        const events = await collect(transport);
        const reasoning = finishedBlocks(events).flatMap((block) =>
          block.type === "reasoning" ? [block.text] : [],
        );
        assertEqual(reasoning.join(), "A thought.", "the reasoning");
      },
    );

    check(
      "ends a call with exactly one step-end, as its last event",
      { kind: "text", text: TEXT },
      async ({ transport }) => {
        const events = await collect(transport);
        assertEqual(
          events.filter(({ type }) => type === "step-end").length,
          1,
          "the number of step-end events",
        );
        const last = events.at(-1);
        assert(last?.type === "step-end", "The last event is no step-end.");
        assertEqual(last.stopReason, "end", "the stop reason");
        assert(last.usage.inputTokens > 0 && last.usage.outputTokens > 0, "The usage counts no tokens.");
      },
    );

    check(
      "numbers blocks from 0 and ends each block it began",
      { kind: "text", text: TEXT, reasoning: "A thought." },
      async ({ transport }) => {
        const events = await collect(transport);
        const begun = new Set(events.flatMap((event) => ("index" in event ? [event.index] : [])));
        const ended = events.flatMap((event) => (event.type === "block-end" ? [event.index] : []));
        assertEqual([...ended].sort().join(), [...begun].sort().join(), "the blocks that ended");
        assertEqual(Math.min(...begun), 0, "the first block's index");
      },
    );

    const calls = [
      { name: "add", input: { left: 2, right: 3 } },
      { name: "add", input: { left: 4, right: 5 } },
    ];
    check(
      "carries parallel tool calls and their results",
      { kind: "tools", calls, text: TEXT },
      async ({ transport }) => {
        const inputs: string[] = [];
        const add = defineTool({
          name: "add",
          description: "Adds two numbers.",
          inputSchema: {
            type: "object",
            properties: { left: { type: "number" }, right: { type: "number" } },
            required: ["left", "right"],
          },
          execute: (input) => {
            inputs.push(JSON.stringify(input));
            return Number(input["left"]) + Number(input["right"]);
          },
        });
        const context = new MemoryContextStore();
        const agent = new Agent({ transport, system: "You are a test.", tools: [add] });
        const { text } = await agent.run("Add.", { context });
        assertEqual(text, TEXT, "the final text");
        assertEqual(
          inputs.join(),
          calls.map(({ input }) => JSON.stringify(input)).join(),
          "the tools' arguments",
        );
        const history = await context.history();
        assertEqual(
          history.map(({ role }) => role).join(),
          "user,assistant,user,assistant",
          "the history's roles",
        );
      },
    );

    check(
      "announces a tool call, streams its arguments, and gives it whole",
      { kind: "tools", calls, text: TEXT },
      async ({ transport }) => {
        const events = await collect(transport);
        const starts = events.filter((event) => event.type === "tool-use-start");
        const blocks = finishedBlocks(events).filter((block) => block.type === "tool-use");
        assertEqual(
          blocks.map(({ id }) => id).join(),
          starts.map(({ toolCallId: id }) => id).join(),
          "the calls' ids",
        );
        for (const block of blocks) {
          const written = events
            .map((event) =>
              event.type === "tool-input-delta" && event.toolCallId === block.id ? event.delta : "",
            )
            .join("");
          assertEqual(
            JSON.stringify(JSON.parse(written)),
            JSON.stringify(block.input),
            "the streamed arguments",
          );
        }
        const last = events.at(-1);
        assert(
          last?.type === "step-end" && last.stopReason === "tool-use",
          "The call did not end with tool-use.",
        );
      },
    );

    check(
      "does nothing before it is iterated",
      { kind: "text", text: TEXT },
      async ({ transport, disconnected, requestCount }) => {
        transport.stream(request());
        await collect(transport);
        if (requestCount !== undefined) assertEqual(requestCount(), 1, "the number of requests");
        await letGo(disconnected());
      },
    );

    check(
      "closes the connection when the loop is left",
      { kind: "endless" },
      async ({ transport, disconnected }) => {
        const left = (async () => {
          for await (const event of transport.stream(request())) {
            if (event.type === "text-delta") break;
          }
        })();
        await assertDone(left, deadlineMs, "The stream did not let the loop be left.");
        await letGo(disconnected());
      },
    );

    check(
      "closes the connection and throws aborted when the signal fires",
      { kind: "endless" },
      async ({ transport, disconnected }) => {
        const controller = new AbortController();
        const reason = new Error("enough");
        const stopped = assertRejects(async () => {
          for await (const event of transport.stream(request(controller.signal))) {
            if (event.type === "text-delta") controller.abort(reason);
          }
        });
        const error = await assertDone(stopped, deadlineMs, "The stream did not stop when its signal fired.");
        assertEqual(error.code, "aborted", "the error's code");
        assert(error.cause === reason, "The error's cause is not the signal's reason.");
        await letGo(disconnected());
      },
    );

    check(
      "throws aborted at once when the signal has fired before",
      { kind: "text", text: TEXT },
      async ({ transport, requestCount }) => {
        const error = await assertRejects(() => collect(transport, AbortSignal.abort(new Error("before"))));
        assertEqual(error.code, "aborted", "the error's code");
        if (requestCount !== undefined) assertEqual(requestCount(), 0, "the number of requests");
      },
    );

    check("takes a stream that stops early for an error", { kind: "truncated" }, async ({ transport }) => {
      const error = await assertRejects(() => collect(transport));
      assertEqual(error.code, "stream-truncated", "the error's code");
    });

    check(
      "says what to discard when it starts anew, and gives each text once",
      { kind: "truncated-once", text: TEXT },
      async ({ transport }) => {
        const events = await collect(transport);
        const retry = events.findIndex(({ type }) => type === "retry");
        const shown = new Set(
          events.slice(0, Math.max(retry, 0)).flatMap((event) => ("index" in event ? [event.index] : [])),
        );
        if (shown.size > 0) {
          const event = events[retry];
          assert(event?.type === "retry", "Events were given out twice without a retry event.");
          assertEqual(
            [...event.discardedBlocks].sort().join(),
            [...shown].sort().join(),
            "the blocks to discard",
          );
        }
        const deltas = events
          .slice(retry + 1)
          .map((event) => (event.type === "text-delta" ? event.delta : ""));
        assertEqual(deltas.join(""), TEXT, "the text after the retry");
      },
    );

    check(
      "throws a typed error, not to be retried, for a request that is refused",
      { kind: "refused" },
      async ({ transport }) => {
        const error = await assertRejects(() => collect(transport));
        assert(!error.retryable, "The error calls itself retryable.");
        assert(error.message.length > 0, "The error says nothing.");
      },
    );

    check(
      "ends an agent's run with error and run-end, then throws",
      { kind: "refused" },
      async ({ transport }) => {
        const events: StreamEvent[] = [];
        const error = await assertRejects(async () => {
          for await (const event of new Agent({ transport }).runStream("Hello.")) events.push(event);
        });
        const [failure, end] = events.slice(-2);
        assert(failure?.type === "error" && failure.error === error, "The error event is missing.");
        assert(end?.type === "run-end" && end.reason === "error", "The run-end event is missing.");
      },
    );
  });
}

function request(signal?: AbortSignal): StreamRequest {
  return {
    system: "You are a test.",
    messages: [userMessage("Hello.")],
    tools: [],
    ...(signal === undefined ? {} : { signal }),
  };
}

async function collect(
  transport: CompletionTransport,
  signal?: AbortSignal,
): Promise<readonly TransportEvent[]> {
  const events: TransportEvent[] = [];
  for await (const event of transport.stream(request(signal))) events.push(event);
  return events;
}
