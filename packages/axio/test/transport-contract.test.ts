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

/** A peer in this process: it counts what is asked of it and what is open. */
class Peer {
  requests = 0;
  open = 0;
  readonly #scenario: TransportScenario;

  constructor(scenario: TransportScenario) {
    this.#scenario = scenario;
  }

  /** Answers one request as a socket would: it closes when the reader leaves or the signal fires. */
  async *connect(request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    this.requests += 1;
    this.open += 1;
    try {
      yield* this.#answer(request);
    } finally {
      this.open -= 1;
    }
  }

  async *#answer({ messages, signal }: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
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

/** How a faulty transport differs from a right one. */
type Fault = (peer: Peer, request: StreamRequest) => AsyncIterable<TransportEvent>;

/** A right transport: it asks again, once, where a stream stops early. */
async function* stream(peer: Peer, request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
  if (request.signal?.aborted) throw abortedError(request.signal);
  const error = new AxioError("stream-truncated", "The answer stopped before its end.", { retryable: true });
  for (let attempt = 1; ; attempt += 1) {
    let isWhole = false;
    for await (const event of peer.connect(request)) {
      isWhole ||= event.type === "step-end";
      yield event;
    }
    if (isWhole) return;
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
    disconnected: async () => {
      while (peer.open > 0) await settled();
    },
    close: async () => undefined,
  };
}

describeTransport({
  name: "A right transport",
  describe,
  it,
  create: (scenario) => createHarness(scenario, stream),
});

/** Runs the contract against a transport, and gives the names of the checks that failed. */
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

/** A right transport whose events are changed on their way. */
function mapping(map: (event: TransportEvent) => readonly TransportEvent[]): Fault {
  return async function* (peer, request) {
    for await (const event of stream(peer, request)) yield* map(event);
  };
}

const ENDS_ONCE = "ends a call with exactly one step-end, as its last event";
const ADDS_UP = "streams text whose deltas add up to the block";
const NUMBERS = "numbers blocks from 0 and ends each block it began";
const ANNOUNCES = "announces a tool call, streams its arguments, and gives it whole";
const RETRIES = "says what to discard when it starts anew, and gives each text once";
const TRUNCATED = "takes a stream that stops early for an error";
const REFUSED = "throws a typed error, not to be retried, for a request that is refused";
const ABORTS = "closes the connection and throws aborted when the signal fires";
const ABORTED_BEFORE = "throws aborted at once when the signal has fired before";
const LEFT = "closes the connection when the loop is left";
const LAZY = "does nothing before it is iterated";

const FAULTS: readonly (readonly [name: string, check: string, fault: Fault])[] = [
  ["ends twice", ENDS_ONCE, mapping((event) => (event.type === "step-end" ? [event, event] : [event]))],
  [
    "goes on after its end",
    ENDS_ONCE,
    mapping((event) =>
      event.type === "step-end" ? [event, { type: "rate-limits", rateLimits: { limits: [] } }] : [event],
    ),
  ],
  ["never says that it ended", ENDS_ONCE, mapping((event) => (event.type === "step-end" ? [] : [event]))],
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
    "streams reasoning apart from text",
    mapping((event) =>
      event.type === "block-end" && event.block.type === "reasoning"
        ? [{ ...event, block: { type: "text", text: event.block.text } }]
        : [event],
    ),
  ],
  [
    "numbers from 1",
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
    "streams no arguments",
    ANNOUNCES,
    mapping((event) => (event.type === "tool-input-delta" ? [{ ...event, delta: "{}" }] : [event])),
  ],
  [
    "loses a tool call",
    "carries parallel tool calls and their results",
    mapping((event) => (event.type === "block-end" && event.index === 1 ? [] : [event])),
  ],
  ["starts anew in silence", RETRIES, mapping((event) => (event.type === "retry" ? [] : [event]))],
  [
    "names no block to discard",
    RETRIES,
    mapping((event) => (event.type === "retry" ? [{ ...event, discardedBlocks: [] }] : [event])),
  ],
  [
    "ends in silence where the peer is cut off",
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
    "throws errors without a type",
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
    "loses the signal's reason",
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
    "looks at the signal too late",
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
    "asks before it is iterated",
    LAZY,
    (peer, request) => {
      peer.requests += 1;
      return stream(peer, request);
    },
  ],
];

describe("the contract catches a transport that", () => {
  it.each(FAULTS)("%s", async (_name, check, fault) => {
    expect(await failingChecks(fault)).toContain(check);
  });

  it("has no name, or a model that is not on its list", async () => {
    const check = "names itself and has its model on its list";
    const nameless = (transport: CompletionTransport): void => {
      Object.assign(transport, { name: " " });
    };
    const stray = (transport: CompletionTransport): void => {
      Object.assign(transport, { model: { id: "other", capabilities: [] } });
    };
    expect(await failingChecks(stream, nameless)).toEqual([check]);
    expect(await failingChecks(stream, stray)).toEqual([check]);
  });

  it("and nothing else: a right one passes", async () => {
    expect(await failingChecks(stream)).toEqual([]);
  });
});

describe("a scripted transport", () => {
  const request: StreamRequest = { system: "", messages: [], tools: [] };
  const drain = async (events: AsyncIterable<TransportEvent>) => {
    for await (const _event of events);
  };

  it("plays one answer a call and says so when the script is over", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    await drain(transport.stream(request));
    await expect(drain(transport.stream(request))).rejects.toThrow(/1 answers, and was asked for one more/);
    expect(transport.models.has(transport.model.id)).toBe(true);
  });

  it("heeds the signal between events", async () => {
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
