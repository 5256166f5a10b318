import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  SharedV3Warning,
  SharedV4Warning,
} from "@ai-sdk/provider";
import type { AxioLanguageModel } from "./model-v4.ts";

/** Adapts a model to version 3 of the specification, for `ai` 6. */
export function toModelV3(model: AxioLanguageModel): LanguageModelV3 {
  return {
    specificationVersion: "v3",
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: async (options) => {
      const {
        content,
        finishReason,
        warnings,
        structuredOutputText: _,
        ...rest
      } = await model.doGenerate(toOptions(options));
      return {
        ...rest,
        content: content.flatMap(toContent),
        finishReason: toFinishReason(finishReason),
        warnings: warnings.map(toWarning),
      };
    },
    doStream: async (options) => {
      const { stream } = await model.doStream(toOptions(options));
      return { stream: stream.pipeThrough(mapStream(toPart)) };
    },
  };
}

/** Creates a stream that replaces each part with several, or none. */
export function mapStream<From, To>(map: (part: From) => readonly To[]): TransformStream<From, To> {
  return new TransformStream({
    transform: (part, controller) => {
      for (const mapped of map(part)) controller.enqueue(mapped);
    },
  });
}

/** The conversion of prompts accepts the parts of every version. */
function toOptions(options: LanguageModelV3CallOptions): LanguageModelV4CallOptions {
  return options as unknown as LanguageModelV4CallOptions;
}

function toPart(part: LanguageModelV4StreamPart): readonly LanguageModelV3StreamPart[] {
  switch (part.type) {
    case "ping":
    case "reasoning-file":
      return [];
    case "custom":
      return hidden(part);
    case "text-end": {
      const { citations: _, ...rest } = part;
      return [rest];
    }
    case "tool-input-start": {
      const { inputEncoding: _, ...rest } = part;
      return [rest];
    }
    case "file":
      return part.data.type === "data" ? [{ ...part, data: part.data.data }] : [];
    case "stream-start":
      return [{ type: "stream-start", warnings: part.warnings.map(toWarning) }];
    case "finish":
      return [{ ...part, finishReason: toFinishReason(part.finishReason) }];
    default:
      return [part];
  }
}

/** A part that this version does not have travels in the metadata of reasoning without text. */
function hidden(
  part: Extract<LanguageModelV4StreamPart, { type: "custom" }>,
): readonly LanguageModelV3StreamPart[] {
  const { kind, providerMetadata } = part;
  if (providerMetadata === undefined) return [];
  return [
    { type: "reasoning-start", id: kind },
    { type: "reasoning-end", id: kind, providerMetadata },
  ];
}

function toContent(content: LanguageModelV4Content): readonly LanguageModelV3Content[] {
  switch (content.type) {
    case "text": {
      const { citations: _, ...rest } = content;
      return [rest];
    }
    case "custom":
      return content.providerMetadata === undefined
        ? []
        : [{ type: "reasoning", text: "", providerMetadata: content.providerMetadata }];
    case "file":
      return content.data.type === "data" ? [{ ...content, data: content.data.data }] : [];
    case "reasoning-file":
      return [];
    default:
      return [content];
  }
}

function toFinishReason({ unified, raw }: LanguageModelV4FinishReason): LanguageModelV3FinishReason {
  return { unified: unified === "interrupted" ? "other" : unified, raw };
}

function toWarning(warning: SharedV4Warning): SharedV3Warning {
  return warning.type === "deprecated"
    ? { type: "other", message: `${warning.setting}: ${warning.message}` }
    : warning;
}
