import {
  AxioError,
  addUsage,
  assistantMessage,
  type Block,
  NO_USAGE,
  type StepEndEvent,
  type StreamRequest,
  type TransportEvent,
  type Usage,
} from "axio";
import { readBatches } from "axio/transport";
import { MAX_CONTINUATIONS } from "./config.ts";
import { isPause } from "./stream/stop-reason.ts";

/** A request that goes on with the response that is its last message. */
export interface ContinuedRequest extends StreamRequest {
  readonly continues?: boolean | undefined;
}

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** Streams one request. */
type Stream = (request: ContinuedRequest) => AsyncIterable<TransportEvent>;

/**
 * Streams a response that the provider may pause, as one: the request is sent again with the response so far, the blocks of
 * the next part count on, and the usage is the sum.
 *
 * @throws AxioError as `stream`; `server`, retryable, if the provider pauses too often.
 */
export async function* continuePaused(request: StreamRequest, stream: Stream): Batches {
  const response = new PausedResponse();
  let current: ContinuedRequest = request;
  for (let continuations = 0; ; continuations++) {
    let pause: StepEndEvent | undefined;
    for await (const batch of readBatches(stream(current))) {
      const out: TransportEvent[] = [];
      for (const event of batch) {
        if (event.type === "step-end" && isPause(event)) pause = event;
        else response.add(event, out);
      }
      if (out.length > 0) yield out;
    }
    if (pause === undefined) return;
    if (continuations === MAX_CONTINUATIONS) {
      throw new AxioError(
        "server",
        `Anthropic paused the response ${continuations + 1} times. Its tools may be too slow; ask for less at a time.`,
        { retryable: true },
      );
    }
    response.pause(pause);
    current = {
      ...request,
      messages: [...request.messages, assistantMessage(response.blocks)],
      continues: true,
    };
  }
}

/** The parts of a response that came so far. */
class PausedResponse {
  /** The blocks of the parts that are complete, by their index. */
  readonly #kept = new Map<number, Block>();
  readonly #current = new Map<number, Block>();
  #usage: Usage = NO_USAGE;
  /** The index of the first block of the current part. */
  #offset = 0;
  #next = 0;

  /** The blocks in their order. */
  get blocks(): readonly Block[] {
    return [...this.#kept].sort(([left], [right]) => left - right).map(([, block]) => block);
  }

  /** Takes an event of the current part, and adds what it means for the whole. */
  add(event: TransportEvent, out: TransportEvent[]): void {
    switch (event.type) {
      case "rate-limits":
        out.push(event);
        break;
      case "retry":
        this.#retry(event, out);
        break;
      case "step-end":
        out.push({
          ...event,
          usage: this.#offset === 0 ? event.usage : addUsage(this.#usage, event.usage),
          ...this.#context(event),
        });
        break;
      default: {
        const index = event.index + this.#offset;
        this.#next = Math.max(this.#next, index + 1);
        if (event.type === "block-end") this.#current.set(index, event.block);
        out.push(this.#offset === 0 ? event : { ...event, index });
      }
    }
  }

  /** Ends the current part. */
  pause({ usage }: StepEndEvent): void {
    for (const [index, block] of this.#current) this.#kept.set(index, block);
    this.#current.clear();
    this.#usage = addUsage(this.#usage, usage);
    this.#offset = this.#next;
  }

  /** A retry discards all blocks. Those of earlier parts are given out again, since they are not requested again. */
  #retry(event: TransportEvent & { type: "retry" }, out: TransportEvent[]): void {
    const discardedBlocks = Array.from({ length: this.#next }, (_, index) => index);
    out.push(this.#offset === 0 ? event : { ...event, discardedBlocks });
    this.#current.clear();
    this.#next = this.#offset;
    for (const [index, block] of this.#kept) out.push(...showAgain(index, block));
  }

  #context({ usage, contextTokens }: StepEndEvent): Pick<StepEndEvent, "contextTokens"> {
    if (this.#offset === 0) return {};
    // The input of the last part has all that came before.
    return { contextTokens: contextTokens ?? usage.inputTokens + usage.outputTokens };
  }
}

function showAgain(index: number, block: Block): readonly TransportEvent[] {
  const end: TransportEvent = { type: "block-end", index, block };
  if (block.type === "text") return [{ type: "text-delta", index, delta: block.text }, end];
  if (block.type === "reasoning") return [{ type: "reasoning-delta", index, delta: block.text }, end];
  if (block.type === "hosted-tool") return [{ type: "hosted-tool-start", index, name: block.name }, end];
  return [end];
}
