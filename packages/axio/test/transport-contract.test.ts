import {
  AxioError,
  abortedError,
  type CompletionTransport,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import {
  describeTransport,
  reasoningBlock,
  ScriptedTransport,
  stepEnd,
  type TransportHarness,
  type TransportScenario,
  textAnswer,
  textBlock,
  toolAnswer,
  toolUse,
} from "axio/testing";
import { describe, expect, it } from "vitest";
import { never, settled, transportOf } from "./support.ts";

/** A peer in this process that counts requests and open connections. */
class Peer {
  requests = 0;
  readonly models: string[] = [];
  open = 0;
  readonly #scenario: TransportScenario;

  constructor(scenario: TransportScenario) {
    this.#scenario = scenario;
  }

  /** Responds to one request as a socket does: it closes when the reader leaves or the signal fires. */
  async *connect(request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    this.requests += 1;
    this.models.push(typeof request.model === "object" ? request.model.id : (request.model ?? "model"));
    this.open += 1;
    try {
      yield* this.#respond(request);
    } finally {
      this.open -= 1;
    }
  }

  async *#respond({ messages, signal }: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    const scenario = this.#scenario;
    switch (scenario.kind) {
      case "text":
        if (scenario.reasoning !== undefined) yield* reasoningBlock(scenario.reasoning);
        yield* textBlock(scenario.text, scenario.reasoning === undefined ? 0 : 1);
        yield stepEnd();
        break;
      case "tools":
        if (messages.some(({ content }) => content.some(({ type }) => type === "tool-result")))
          yield* textAnswer(scenario.text);
        else
          yield* toolAnswer(
            ...scenario.calls.map(({ name, input }, index) => toolUse(String(index), name, input)),
          );
        break;
      case "endless":
        yield { type: "text-delta", index: 0, delta: "On and " };
        await new Promise<void>((resolve) => {
          if (signal?.aborted) resolve();
          else signal?.addEventListener("abort", () => resolve(), { once: true });
        });
        if (signal !== undefined) throw abortedError(signal);
        break;
      case "truncated":
        yield { type: "text-delta", index: 0, delta: "Hel" };
        break;
      case "truncated-once":
        yield* this.requests === 1 ? textBlock(scenario.text).slice(0, 2) : textAnswer(scenario.text);
        break;
      case "refused":
        throw new AxioError("invalid-request", "The peer refuses.");
    }
  }
}

/** The `stream()` of a faulty transport. */
type Fault = (peer: Peer, request: StreamRequest) => AsyncIterable<TransportEvent>;

/** The `stream()` of a correct transport. It retries once if a response stops early. */
async function* stream(peer: Peer, request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
  if (request.signal?.aborted) throw abortedError(request.signal);
  const error = new AxioError("stream-truncated", "The response stopped before its end.", {
    retryable: true,
  });
  for (let attempt = 1; ; attempt += 1) {
    let isComplete = false;
    for await (const event of peer.connect(request)) {
      isComplete ||= event.type === "step-end";
      yield event;
    }
    if (isComplete) return;
    if (attempt === 2) throw error;
    yield { type: "retry", attempt, delayMs: 0, error, discardedBlocks: [0] };
  }
}

async function createHarness(scenario: TransportScenario, fault: Fault): Promise<TransportHarness> {
  const peer = new Peer(scenario);
  const transport: CompletionTransport = transportOf((request) => fault(peer, request));
  return {
    transport,
    requestCount: () => peer.requests,
    requestedModels: () => peer.models,
    disconnected: async () => {
      while (peer.open > 0) await settled();
    },
    close: async () => undefined,
  };
}

describeTransport({
  name: "A correct transport",
  describe,
  it,
  create: (scenario) => createHarness(scenario, stream),
});

/** Runs the contract against a transport and returns the names of the checks that fail. */
async function failingChecks(
  fault: Fault,
  change: (transport: CompletionTransport) => void = () => undefined,
) {
  const checks: (readonly [string, () => Promise<void>])[] = [];
  describeTransport({
    name: "A faulty transport",
    describe: (_name, body) => body(),
    it: (name, body) => checks.push([name, body]),
    create: async (scenario) => {
      const harness = await createHarness(scenario, fault);
      change(harness.transport);
      return harness;
    },
    deadlineMs: 100,
  });
  const failed: string[] = [];
  for (const [name, body] of checks) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** A correct transport whose events are changed. */
function mapping(map: (event: TransportEvent) => readonly TransportEvent[]): Fault {
  return async function* (peer, request) {
    for await (const event of stream(peer, request)) yield* map(event);
  };
}

const ENDS_ONCE = "ends a response with exactly one step-end, as its last event";
const ADDS_UP = "streams text whose deltas add up to the block";
const NUMBERS = "numbers blocks from 0 and ends each block that it started";
const ANNOUNCES = "announces a tool call, streams its input and ends its block";
const RETRIES = "names the blocks to discard before it sends the request again, and streams each text once";
const TRUNCATED = "throws an error if the response stops early";
const REFUSED = "throws a permanent error if the request is rejected";
const ABORTS = "closes the connection and throws aborted if the signal fires";
const ABORTED_BEFORE = "throws aborted without a request if the signal has fired before";
const LEFT = "closes the connection if the loop is left";
const LAZY = "sends nothing before it is iterated";
const MODELS = "uses the model of each request, and keeps its default";

const FAULTS: readonly (readonly [name: string, check: string, fault: Fault])[] = [
  ["ends twice", ENDS_ONCE, mapping((event) => (event.type === "step-end" ? [event, event] : [event]))],
  [
    "sends events after its end",
    ENDS_ONCE,
    mapping((event) =>
      event.type === "step-end" ? [event, { type: "rate-limits", rateLimits: { limits: [] } }] : [event],
    ),
  ],
  ["never ends", ENDS_ONCE, mapping((event) => (event.type === "step-end" ? [] : [event]))],
  [
    "counts no tokens",
    ENDS_ONCE,
    mapping((event) =>
      event.type === "step-end"
        ? [{ ...event, usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 } }]
        : [event],
    ),
  ],
  [
    "loses a part of the text",
    ADDS_UP,
    mapping((event) => (event.type === "text-delta" ? [{ ...event, delta: event.delta.slice(1) }] : [event])),
  ],
  [
    "sends deltas twice",
    ADDS_UP,
    mapping((event) => (event.type === "text-delta" ? [event, event] : [event])),
  ],
  [
    "mixes reasoning into the text",
    "streams reasoning separately from text",
    mapping((event) =>
      event.type === "block-end" && event.block.type === "reasoning"
        ? [{ ...event, block: { type: "text", text: event.block.text } }]
        : [event],
    ),
  ],
  [
    "numbers blocks from 1",
    NUMBERS,
    mapping((event) => ("index" in event ? [{ ...event, index: event.index + 1 }] : [event])),
  ],
  [
    "leaves a block open",
    NUMBERS,
    mapping((event) => (event.type === "block-end" && event.block.type === "reasoning" ? [] : [event])),
  ],
  ["announces no tool call", ANNOUNCES, mapping((event) => (event.type === "tool-use-start" ? [] : [event]))],
  [
    "streams no input",
    ANNOUNCES,
    mapping((event) => (event.type === "tool-input-delta" ? [{ ...event, delta: "{}" }] : [event])),
  ],
  [
    "loses a tool call",
    "runs parallel tool calls and returns their results",
    mapping((event) => (event.type === "block-end" && event.index === 1 ? [] : [event])),
  ],
  ["retries without an event", RETRIES, mapping((event) => (event.type === "retry" ? [] : [event]))],
  [
    "names no blocks to discard",
    RETRIES,
    mapping((event) => (event.type === "retry" ? [{ ...event, discardedBlocks: [] }] : [event])),
  ],
  [
    "ends normally if the connection closes",
    TRUNCATED,
    async function* (peer, request) {
      try {
        yield* stream(peer, request);
      } catch (error) {
        if (!AxioError.is(error, "stream-truncated")) throw error;
        yield stepEnd();
      }
    },
  ],
  [
    "throws untyped errors",
    REFUSED,
    async function* (peer, request) {
      try {
        yield* stream(peer, request);
      } catch (error) {
        throw new Error("400", { cause: error });
      }
    },
  ],
  [
    "calls every error retryable",
    REFUSED,
    async function* (peer, request) {
      try {
        yield* stream(peer, request);
      } catch (cause) {
        throw new AxioError("server", "It failed.", { retryable: true, cause });
      }
    },
  ],
  ["ignores the signal", ABORTS, (peer, { signal: _signal, ...request }) => stream(peer, request)],
  [
    "loses the reason of the signal",
    ABORTS,
    async function* (peer, request) {
      try {
        yield* stream(peer, request);
      } catch (error) {
        throw AxioError.is(error, "aborted") ? new AxioError("aborted", "Stopped.") : error;
      }
    },
  ],
  [
    "checks the signal too late",
    ABORTED_BEFORE,
    async function* (peer, request) {
      yield* stream(peer, request.signal?.aborted ? { system: "", messages: [], tools: [] } : request);
    },
  ],
  [
    "leaves the connection open",
    LEFT,
    (peer, request) => ({
      [Symbol.asyncIterator]: () => {
        const iterator = stream(peer, request);
        return { next: () => iterator.next() };
      },
    }),
  ],
  [
    "cannot be left",
    LEFT,
    (peer, request) => ({
      [Symbol.asyncIterator]: () => {
        const iterator = stream(peer, request);
        return { next: () => iterator.next(), return: () => never() };
      },
    }),
  ],
  [
    "sends a request before it is iterated",
    LAZY,
    (peer, request) => {
      peer.requests += 1;
      return stream(peer, request);
    },
  ],
  [
    "ignores the model of the request",
    MODELS,
    (peer, { model: _model, ...request }) => stream(peer, request),
  ],
];

describe("the contract detects a transport that", () => {
  it.each(FAULTS)("%s", async (_name, check, fault) => {
    expect(await failingChecks(fault)).toContain(check);
  });

  it("has no name, or does not list its default model", async () => {
    const check = "has a name, and lists its default model";
    const nameless = (transport: CompletionTransport): void => {
      Object.assign(transport, { name: " " });
    };
    const unlisted = (transport: CompletionTransport): void => {
      Object.assign(transport, { model: { id: "other", capabilities: [] } });
    };
    expect(await failingChecks(stream, nameless)).toEqual([check]);
    expect(await failingChecks(stream, unlisted)).toContain(check);
  });

  it("is faulty, and passes a correct one", async () => {
    expect(await failingChecks(stream)).toEqual([]);
  });
});

describe("a scripted transport", () => {
  const request: StreamRequest = { system: "", messages: [], tools: [] };
  const drain = async (events: AsyncIterable<TransportEvent>) => {
    for await (const _event of events);
  };

  it("streams one response per request, and throws an error after the last one", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    await drain(transport.stream(request));
    await expect(drain(transport.stream(request))).rejects.toThrow(
      /1 responses, and there was one more request/,
    );
    expect(transport.models.has(transport.model.id)).toBe(true);
  });

  it("checks the signal between events", async () => {
    const controller = new AbortController();
    const transport = new ScriptedTransport([textAnswer("one two")]);
    await expect(
      (async () => {
        for await (const _event of transport.stream({ ...request, signal: controller.signal }))
          controller.abort();
      })(),
    ).rejects.toMatchObject({ code: "aborted" });
  });
});
