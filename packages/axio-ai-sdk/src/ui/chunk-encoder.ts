import {
  AxioError,
  type Block,
  type JsonObject,
  type RunEndEvent,
  type RunEndReason,
  type Source,
  type StreamEvent,
} from "axio";
import type { RunEncoder } from "axio/internal";
import { errorForUsers } from "axio/server";
import { metadataOf } from "../metadata.ts";
import type { UIChunk, UIFinishReason } from "./chunks.ts";
import { textOf, toUIOutput } from "./tool-output.ts";

/** Options of {@link toUIMessageStream}. */
export interface UIMessageStreamOptions {
  /** The version of `ai` that the page uses. With 6, a retry after the first event ends the message. Default: 7. */
  readonly aiVersion?: 6 | 7 | undefined;
  /** The id of the message. Default: the page makes one. */
  readonly messageId?: string | undefined;
  /** Returns the metadata of the message: at its start, without an event, and at its end. Default: none. */
  readonly messageMetadata?: ((end: RunEndEvent | undefined) => JsonObject | undefined) | undefined;
  /**
   * Whether the page shows reasoning. If not, it still holds the reasoning, to send it back; with `sendProviderData: false` it
   * gets none. Default: `true`.
   */
  readonly sendReasoning?: boolean | undefined;
  /** Whether the page gets sources. Default: `true`. */
  readonly sendSources?: boolean | undefined;
  /**
   * Whether the page gets the data that the provider wants back, such as encrypted reasoning. Needed if the page holds the
   * conversation; `false` if the server does. Default: `true`.
   */
  readonly sendProviderData?: boolean | undefined;
  /** Called with the error of a run that failed, for the log. Returns the text that the user sees. Default: that of `errorForUsers`. */
  readonly onError?: ((error: unknown) => string | undefined) | undefined;
}

const FINISH_REASONS: Partial<Record<RunEndReason, UIFinishReason>> = {
  end: "stop",
  "max-output-tokens": "length",
  "content-filter": "content-filter",
  refusal: "content-filter",
  "max-steps": "tool-calls",
};

/** Converts the events of a run to chunks of the UI message stream protocol. */
export class ChunkEncoder implements RunEncoder<UIChunk> {
  readonly #options: UIMessageStreamOptions;
  /** `ended`: the response is complete, and results of tools may follow. */
  #step: "none" | "open" | "ended" = "none";
  /** The ids of the parts that are open, by the index of their block. */
  readonly #open = new Map<number, string>();
  readonly #sources = new Set<string>();
  /** The sources of the current step. */
  readonly #newSources = new Set<string>();
  #count = 0;

  constructor(options: UIMessageStreamOptions = {}) {
    this.#options = options;
  }

  start(): readonly UIChunk[] {
    const { messageId, messageMetadata } = this.#options;
    return [
      {
        type: "start",
        ...(messageId === undefined ? {} : { messageId }),
        ...withMessageMetadata(messageMetadata?.(undefined)),
      },
    ];
  }

  /** @throws AxioError the error of a `retry` that takes back what was already sent, for `ai` 6. */
  encode(event: StreamEvent): readonly UIChunk[] {
    switch (event.type) {
      case "text-delta":
        return this.#delta("text", event.index, event.delta);
      case "reasoning-delta":
        return this.#options.sendReasoning === false
          ? []
          : this.#delta("reasoning", event.index, event.delta);
      case "tool-use-start":
        return [...this.#begin(), this.#beginCall(event.index, event.toolCallId, event.name)];
      case "tool-input-delta":
        return [{ type: "tool-input-delta", toolCallId: event.toolCallId, inputTextDelta: event.delta }];
      case "hosted-tool-start":
        return [...this.#begin(), this.#beginHosted(event.index, event.name)];
      case "block-end":
        return [...this.#begin(), ...this.#endBlock(event.index, event.block)];
      case "tool-result": {
        const { toolCallId, result } = event;
        return [
          result.isError === true
            ? { type: "tool-output-error", toolCallId, errorText: textOf(result) }
            : { type: "tool-output-available", toolCallId, output: toUIOutput(result) },
        ];
      }
      case "retry":
        return this.#reset(event.discardedBlocks.length > 0, event.error);
      case "step-end":
        this.#step = "ended";
        this.#open.clear();
        this.#newSources.clear();
        return [];
      default:
        return [];
    }
  }

  end(end: RunEndEvent): readonly UIChunk[] {
    return [
      ...this.#endStep(),
      {
        type: "finish",
        finishReason: FINISH_REASONS[end.reason] ?? "other",
        ...withMessageMetadata(this.#options.messageMetadata?.(end)),
      },
    ];
  }

  /** A failed message has no `finish`, so that it is not taken for a complete one. */
  fail(error: unknown): readonly UIChunk[] {
    if (AxioError.is(error, "aborted")) return [{ type: "abort" }];
    return [{ type: "error", errorText: this.#options.onError?.(error) ?? errorForUsers(error).message }];
  }

  #begin(): readonly UIChunk[] {
    if (this.#step === "open") return [];
    const chunks = this.#endStep();
    this.#step = "open";
    return [...chunks, { type: "start-step" }];
  }

  #endStep(): readonly UIChunk[] {
    return this.#step === "none" ? [] : [{ type: "finish-step" }];
  }

  #reset(hasDiscarded: boolean, error: AxioError): readonly UIChunk[] {
    if (!hasDiscarded || this.#step !== "open") return [];
    if (this.#options.aiVersion === 6) throw error;
    this.#open.clear();
    for (const url of this.#newSources) this.#sources.delete(url);
    this.#newSources.clear();
    return [{ type: "reset-step" }];
  }

  #delta(kind: "text" | "reasoning", index: number, delta: string): readonly UIChunk[] {
    const begun = [...this.#begin(), ...this.#beginText(kind, index)];
    return [...begun, { type: `${kind}-delta`, id: this.#idOf(index), delta }];
  }

  #beginText(kind: "text" | "reasoning", index: number): readonly UIChunk[] {
    if (this.#open.has(index)) return [];
    this.#open.set(index, this.#newId(kind));
    return [{ type: `${kind}-start`, id: this.#idOf(index) }];
  }

  #beginCall(index: number, toolCallId: string, toolName: string): UIChunk {
    this.#open.set(index, toolCallId);
    return { type: "tool-input-start", toolCallId, toolName };
  }

  #beginHosted(index: number, toolName: string): UIChunk {
    const toolCallId = this.#newId("hosted");
    this.#open.set(index, toolCallId);
    return { type: "tool-input-start", toolCallId, toolName, providerExecuted: true, dynamic: true };
  }

  #endBlock(index: number, block: Block): readonly UIChunk[] {
    switch (block.type) {
      case "text":
        return [...this.#endText("text", index, block), ...this.#newSourcesOf(block.sources)];
      case "reasoning":
        return this.#options.sendReasoning === false
          ? this.#hidden(block)
          : this.#endText("reasoning", index, block);
      case "tool-use":
        return [
          ...(this.#open.has(index) ? [] : [this.#beginCall(index, block.id, block.name)]),
          {
            type: "tool-input-available",
            toolCallId: block.id,
            toolName: block.name,
            input: block.input,
            ...this.#metadata(block),
          },
        ];
      case "image":
      case "file": {
        const { mediaType, source } = block;
        const url = source.kind === "url" ? source.url : `data:${mediaType};base64,${source.data}`;
        return [{ type: "file", url, mediaType, ...this.#metadata(block) }];
      }
      case "hosted-tool":
        return [...this.#endHosted(index, block), ...this.#newSourcesOf(block.sources)];
      default:
        return this.#hidden(block);
    }
  }

  #endText(
    kind: "text" | "reasoning",
    index: number,
    block: Block & { readonly text: string },
  ): readonly UIChunk[] {
    const isNew = !this.#open.has(index);
    return [
      ...this.#beginText(kind, index),
      ...(isNew && block.text !== ""
        ? [{ type: `${kind}-delta` as const, id: this.#idOf(index), delta: block.text }]
        : []),
      { type: `${kind}-end`, id: this.#idOf(index), ...this.#metadata(block) },
    ];
  }

  #endHosted(index: number, block: Block & { readonly type: "hosted-tool" }): readonly UIChunk[] {
    const begun = this.#open.has(index) ? [] : [this.#beginHosted(index, block.name)];
    const call = { toolCallId: this.#idOf(index), providerExecuted: true, dynamic: true };
    const { status = "completed" } = block;
    return [
      ...begun,
      {
        ...call,
        type: "tool-input-available",
        toolName: block.name,
        input: block.input,
        ...(this.#options.sendProviderData === false ? {} : toMetadata(metadataOf({ block }))),
      },
      status === "failed"
        ? { ...call, type: "tool-output-error", errorText: block.output ?? "The tool failed." }
        : { ...call, type: "tool-output-available", output: block.output ?? { status } },
    ];
  }

  /** A block that pages do not show, but that the provider wants back. */
  #hidden(block: Block): readonly UIChunk[] {
    if (this.#options.sendProviderData === false) return [];
    return [{ type: "data-axio-block", data: JSON.parse(JSON.stringify(block)) }];
  }

  #newSourcesOf(sources: readonly Source[] = []): readonly UIChunk[] {
    if (this.#options.sendSources === false) return [];
    return sources.flatMap(({ url, title }) => {
      if (this.#sources.has(url)) return [];
      this.#sources.add(url);
      this.#newSources.add(url);
      return [{ type: "source-url" as const, sourceId: url, url, ...(title === undefined ? {} : { title }) }];
    });
  }

  #metadata(block: Block): ReturnType<typeof toMetadata> {
    return this.#options.sendProviderData === false ? {} : toMetadata(metadataOf(block));
  }

  #newId(kind: string): string {
    this.#count += 1;
    return `${kind}-${this.#count}`;
  }

  #idOf(index: number): string {
    return this.#open.get(index) ?? "";
  }
}

function toMetadata(metadata: ReturnType<typeof metadataOf>): {
  providerMetadata?: NonNullable<typeof metadata>;
} {
  return metadata === undefined ? {} : { providerMetadata: metadata };
}

function withMessageMetadata(metadata: JsonObject | undefined): { messageMetadata?: JsonObject } {
  return metadata === undefined ? {} : { messageMetadata: metadata };
}
