import {
  type Model,
  type ModelRequest,
  type ModelResponse,
  type ModelRetryAdvice,
  type ModelRetryAdviceRequest,
  type StreamEvent,
  Usage,
} from "@openai/agents-core";
import { AxioError, type Block, type CompletionTransport, type StepEndEvent } from "axio";
import { findModel } from "axio/internal";
import { readBatches } from "axio/transport";
import { deriveConversationId, type Unsupported } from "axio-inbound";
import { toOutputItems } from "./output-items.ts";
import { readRequest } from "./read-request.ts";
import { retryAdvice } from "./retry-advice.ts";

/** Options of {@link AxioModel}. */
export interface AxioModelOptions {
  /** Called for each request with settings that have no effect, such as `temperature`. Default: they are ignored. */
  readonly onUnsupported?: ((unsupported: readonly Unsupported[]) => void) | undefined;
}

/** A model of a transport, for the Agents SDK. */
export class AxioModel implements Model {
  readonly #transport: CompletionTransport;
  readonly #modelId: string | undefined;
  readonly #options: AxioModelOptions;
  /** The failures after which output was given out. */
  readonly #started = new WeakSet<object>();

  /** @param modelId Default: the model of the transport. */
  constructor(transport: CompletionTransport, modelId?: string, options: AxioModelOptions = {}) {
    this.#transport = transport;
    this.#modelId = modelId;
    this.#options = options;
  }

  /** Runs one request and returns its whole response. */
  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    for await (const event of this.getStreamedResponse(request)) {
      if (event.type !== "response_done") continue;
      const { id, output, usage, providerData } = event.response;
      return {
        responseId: id,
        output,
        usage: new Usage(JSON.parse(JSON.stringify(usage)) as ConstructorParameters<typeof Usage>[0]),
        ...(providerData === undefined ? {} : { providerData }),
      };
    }
    throw new AxioError("stream-truncated", "The response has no end. Send the request again.");
  }

  /** Runs one request and streams its response. */
  async *getStreamedResponse(request: ModelRequest): AsyncGenerator<StreamEvent, void, undefined> {
    const id = this.#modelId ?? this.#transport.model.id;
    const model = await findModel(this.#transport, id, request.signal);
    const { request: converted, unsupported } = readRequest(request, model, this.#transport);
    if (unsupported.length > 0) this.#options.onUnsupported?.(unsupported);
    const conversationId = await deriveConversationId(converted);
    const responseId = `resp_${crypto.randomUUID().replaceAll("-", "")}`;
    const blocks = new Map<number, Block>();
    let hasStarted = false;
    try {
      for await (const batch of readBatches(this.#transport.stream({ ...converted, conversationId }))) {
        for (const event of batch) {
          if (event.type === "retry" && event.discardedBlocks.length > 0) throw event.error;
          if (!hasStarted && event.type !== "rate-limits" && event.type !== "retry") {
            hasStarted = true;
            yield { type: "response_started" };
          }
          yield { type: "model", event };
          if (event.type === "text-delta")
            yield { type: "output_text_delta", delta: event.delta, itemId: itemId(responseId, event.index) };
          if (event.type === "block-end") blocks.set(event.index, event.block);
          if (event.type === "step-end") yield responseDone(responseId, blocks, event);
        }
      }
    } catch (error) {
      if (hasStarted && error instanceof Error) this.#started.add(error);
      throw error;
    }
  }

  /** Advises against repeating a request whose output was given out, or whose failure is permanent. */
  getRetryAdvice({ error }: ModelRetryAdviceRequest): ModelRetryAdvice | undefined {
    return retryAdvice(error, error instanceof Error && this.#started.has(error));
  }
}

function itemId(responseId: string, index: number): string {
  return `item_${responseId.slice("resp_".length)}_${index}`;
}

function responseDone(id: string, blocks: ReadonlyMap<number, Block>, end: StepEndEvent): StreamEvent {
  const entries = [...blocks].sort(([left], [right]) => left - right);
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = end.usage;
  return {
    type: "response_done",
    response: {
      id: end.responseId ?? id,
      output: toOutputItems(
        entries.map(([, block]) => block),
        (index) => itemId(id, entries[index]?.[0] ?? index),
      ),
      usage: {
        requests: 1,
        inputTokens,
        outputTokens,
        totalTokens: inputTokens + outputTokens,
        inputTokensDetails: [{ cached_tokens: cachedInputTokens }],
        outputTokensDetails: [{ reasoning_tokens: reasoningTokens }],
      },
      providerData: { stopReason: end.stopReason },
    },
  };
}
