import type {
  LanguageModelV4Citation,
  LanguageModelV4FinishReason,
  LanguageModelV4Source,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import type {
  Block,
  RateLimits,
  Source,
  StepEndEvent,
  StopReason,
  TextBlock,
  ToolDefinition,
  ToolUseBlock,
  TransportEvent,
  Usage,
} from "axio";
import { METADATA_KEY, metadataOf } from "./metadata.ts";

type Part = LanguageModelV4StreamPart;

/** Converts the events of one response to the parts of the AI SDK. */
export class PartEncoder {
  readonly #tools: ReadonlyMap<string, ToolDefinition>;
  readonly #open = new Set<number>();
  readonly #sourceUrls = new Set<string>();
  #rateLimits: RateLimits | undefined;
  #retries = 0;

  /** @param tools The tools of the request. */
  constructor(tools: readonly ToolDefinition[]) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  /**
   * Returns the parts of one event.
   *
   * @throws AxioError the error of a `retry` that takes back what was already sent: the AI SDK has no part for it.
   */
  encode(event: TransportEvent): readonly Part[] {
    switch (event.type) {
      case "text-delta":
        return [
          ...this.#begin(event.index, "text"),
          { type: "text-delta", id: idOf(event.index), delta: event.delta },
        ];
      case "reasoning-delta":
        return [
          ...this.#begin(event.index, "reasoning"),
          { type: "reasoning-delta", id: idOf(event.index), delta: event.delta },
        ];
      case "tool-use-start":
        return [this.#beginCall(event.index, event.toolCallId, event.name)];
      case "tool-input-delta":
        return [{ type: "tool-input-delta", id: event.toolCallId, delta: event.delta }];
      case "block-end":
        return this.#endBlock(event.index, event.block);
      case "rate-limits":
        this.#rateLimits = event.rateLimits;
        return [];
      case "retry":
        if (event.discardedBlocks.length > 0) throw event.error;
        this.#retries += 1;
        return [];
      case "step-end":
        return this.#end(event);
      case "hosted-tool-start":
      case "image-output":
        return [];
    }
  }

  /** Returns the parts that end a failed response. Without `finish`, the AI SDK would take it for a complete one. */
  fail(error: unknown, unified: "error" | "interrupted"): readonly Part[] {
    const finish: Part = {
      type: "finish",
      usage: toUsage(undefined),
      finishReason: { unified, raw: undefined },
    };
    return unified === "error" ? [{ type: "error", error }, finish] : [finish];
  }

  #begin(index: number, kind: "text" | "reasoning"): readonly Part[] {
    if (this.#open.has(index)) return [];
    this.#open.add(index);
    return [{ type: `${kind}-start`, id: idOf(index) }];
  }

  #beginCall(index: number, id: string, toolName: string): Part {
    this.#open.add(index);
    const isText = this.#tools.get(toolName)?.freeform !== undefined;
    return { type: "tool-input-start", id, toolName, ...(isText ? { inputEncoding: "text" } : {}) };
  }

  #endBlock(index: number, block: Block): readonly Part[] {
    switch (block.type) {
      case "text":
        return [...this.#begin(index, "text"), ...this.#endText(index, block)];
      case "reasoning":
        return [
          ...this.#begin(index, "reasoning"),
          { type: "reasoning-end", id: idOf(index), ...withMetadata(metadataOf(block)) },
        ];
      case "tool-use":
        return this.#endCall(index, block);
      case "image":
      case "file":
        return block.source.kind === "base64"
          ? [
              {
                type: "file",
                mediaType: block.mediaType,
                data: { type: "data", data: block.source.data },
                ...withMetadata(metadataOf({ block })),
              },
            ]
          : [];
      case "hosted-tool":
        return [...this.#hostedCall(index, block), ...this.#sources(block.sources)];
      default:
        return [{ type: "custom", kind: `axio.${block.type}`, ...withMetadata(metadataOf({ block })) }];
    }
  }

  #endText(index: number, block: TextBlock): readonly Part[] {
    const citations = (block.sources ?? []).map(
      (source): LanguageModelV4Citation => ({
        source: toSource(source),
        ...(source.start === undefined ? {} : { startIndex: source.start }),
        ...(source.end === undefined ? {} : { endIndex: source.end }),
      }),
    );
    return [
      {
        type: "text-end",
        id: idOf(index),
        ...(citations.length === 0 ? {} : { citations }),
        ...withMetadata(metadataOf(block)),
      },
      ...this.#sources(block.sources),
    ];
  }

  #endCall(index: number, block: ToolUseBlock): readonly Part[] {
    const text = block.inputText ?? JSON.stringify(block.input);
    const isFreeform = this.#tools.get(block.name)?.freeform !== undefined;
    const shown = isFreeform && typeof block.input === "string" ? block.input : text;
    const parts: Part[] = this.#open.has(index)
      ? []
      : [
          this.#beginCall(index, block.id, block.name),
          { type: "tool-input-delta", id: block.id, delta: shown },
        ];
    return [
      ...parts,
      { type: "tool-input-end", id: block.id },
      {
        type: "tool-call",
        toolCallId: block.id,
        toolName: block.name,
        // An input that is a text is JSON here as well.
        input: isFreeform ? JSON.stringify(block.input) : text,
        ...withMetadata(metadataOf(block)),
      },
    ];
  }

  #hostedCall(index: number, block: Block & { type: "hosted-tool" }): readonly Part[] {
    const declared = [...this.#tools.values()].find(({ hosted }) => hosted?.type === block.name);
    const toolName = declared?.name ?? block.name;
    const toolCallId = `hosted_${index}`;
    const dynamic = declared === undefined ? { dynamic: true } : {};
    const result = {
      status: block.status ?? "completed",
      ...(block.output === undefined ? {} : { output: block.output }),
      ...(block.sources === undefined
        ? {}
        : { sources: block.sources.map(({ url }) => ({ type: "url", url })) }),
    };
    return [
      {
        type: "tool-call",
        toolCallId,
        toolName,
        input: JSON.stringify(block.input),
        providerExecuted: true,
        ...dynamic,
        ...withMetadata(metadataOf({ block })),
      },
      { type: "tool-result", toolCallId, toolName, result, ...dynamic },
    ];
  }

  #sources(sources: readonly Source[] | undefined): readonly Part[] {
    return (sources ?? []).flatMap((source) => {
      if (this.#sourceUrls.has(source.url)) return [];
      this.#sourceUrls.add(source.url);
      return [toSource(source)];
    });
  }

  #end({ stopReason, usage, responseId, model, peerReason }: StepEndEvent): readonly Part[] {
    const facts = {
      ...(responseId === undefined ? {} : { responseId }),
      ...(this.#retries === 0 ? {} : { retries: this.#retries }),
      ...(this.#rateLimits === undefined ? {} : { rateLimits: this.#rateLimits }),
    };
    return [
      {
        type: "response-metadata",
        ...(responseId === undefined ? {} : { id: responseId }),
        ...(model === undefined ? {} : { modelId: model }),
      },
      {
        type: "finish",
        usage: toUsage(usage),
        finishReason: { unified: FINISH_REASONS[stopReason], raw: peerReason ?? stopReason },
        providerMetadata: { [METADATA_KEY]: JSON.parse(JSON.stringify(facts)) as Record<string, never> },
      },
    ];
  }
}

const FINISH_REASONS: Readonly<Record<StopReason, LanguageModelV4FinishReason["unified"]>> = {
  end: "stop",
  "tool-use": "tool-calls",
  "max-output-tokens": "length",
  "content-filter": "content-filter",
  refusal: "content-filter",
  incomplete: "other",
};

function idOf(index: number): string {
  return String(index);
}

function withMetadata(metadata: ReturnType<typeof metadataOf>): {
  providerMetadata?: NonNullable<typeof metadata>;
} {
  return metadata === undefined ? {} : { providerMetadata: metadata };
}

function toSource({ url, title }: Source): LanguageModelV4Source {
  return { type: "source", sourceType: "url", id: url, url, ...(title === undefined ? {} : { title }) };
}

function toUsage(usage: Usage | undefined): LanguageModelV4Usage {
  if (usage === undefined)
    return {
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    };
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  return {
    inputTokens: {
      total: inputTokens,
      noCache: inputTokens - cachedInputTokens - (cacheWriteTokens ?? 0),
      cacheRead: cachedInputTokens,
      cacheWrite: cacheWriteTokens,
    },
    outputTokens: { total: outputTokens, text: outputTokens - reasoningTokens, reasoning: reasoningTokens },
  };
}
