import type {
  LanguageModelV2,
  LanguageModelV2CallOptions,
  LanguageModelV2CallWarning,
  LanguageModelV2Content,
  LanguageModelV2StreamPart,
  LanguageModelV2Usage,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
  SharedV2ProviderMetadata,
  SharedV3Warning,
} from "@ai-sdk/provider";
import { mapStream, toModelV3 } from "./model-v3.ts";
import type { AxioLanguageModel } from "./model-v4.ts";

/** The metadata of version 2 differs in its type alone: it is JSON in both. */
type AsV2<T> = T extends { providerMetadata?: unknown }
  ? Omit<T, "providerMetadata"> & { providerMetadata?: SharedV2ProviderMetadata }
  : T;

/** Adapts a model to version 2 of the specification, for `ai` 5. */
export function toModelV2(model: AxioLanguageModel): LanguageModelV2 {
  const v3 = toModelV3(model);
  return {
    specificationVersion: "v2",
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: async (options) => {
      const result = await v3.doGenerate(toOptions(options));
      const { content, finishReason, usage, warnings, ...rest } = result as AsV2<typeof result>;
      return {
        ...rest,
        content: content.flatMap(toContent),
        finishReason: finishReason.unified,
        usage: toUsage(usage),
        warnings: warnings.map(toWarning),
      };
    },
    doStream: async (options) => {
      const { stream } = await v3.doStream(toOptions(options));
      return { stream: stream.pipeThrough(mapStream(toPart)) };
    },
  };
}

function toOptions(options: LanguageModelV2CallOptions): LanguageModelV3CallOptions {
  const tools = options.tools?.map((tool) =>
    tool.type === "provider-defined" ? { ...tool, type: "provider" } : tool,
  );
  return { ...options, ...(tools === undefined ? {} : { tools }) } as unknown as LanguageModelV3CallOptions;
}

function toPart(given: LanguageModelV3StreamPart): readonly LanguageModelV2StreamPart[] {
  const part = given as AsV2<LanguageModelV3StreamPart>;
  switch (part.type) {
    case "tool-approval-request":
      return [];
    case "tool-input-start": {
      const { dynamic: _, title: __, ...rest } = part;
      return [rest];
    }
    case "tool-call": {
      const { dynamic: _, ...rest } = part;
      return [rest];
    }
    case "tool-result": {
      const { dynamic: _, preliminary: __, ...rest } = part;
      return [{ ...rest, providerExecuted: true }];
    }
    case "stream-start":
      return [{ type: "stream-start", warnings: part.warnings.map(toWarning) }];
    case "finish":
      return [{ ...part, usage: toUsage(part.usage), finishReason: part.finishReason.unified }];
    default:
      return [part];
  }
}

function toContent(given: LanguageModelV3Content): readonly LanguageModelV2Content[] {
  const content = given as AsV2<LanguageModelV3Content>;
  switch (content.type) {
    case "tool-approval-request":
      return [];
    case "tool-call": {
      const { dynamic: _, ...rest } = content;
      return [rest];
    }
    case "tool-result": {
      const { dynamic: _, preliminary: __, ...rest } = content;
      return [{ ...rest, providerExecuted: true }];
    }
    default:
      return [content];
  }
}

function toUsage({ inputTokens, outputTokens }: LanguageModelV3Usage): LanguageModelV2Usage {
  const { total: input, cacheRead } = inputTokens;
  const { total: output, reasoning } = outputTokens;
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input === undefined || output === undefined ? undefined : input + output,
    reasoningTokens: reasoning,
    cachedInputTokens: cacheRead,
  };
}

function toWarning(warning: SharedV3Warning): LanguageModelV2CallWarning {
  return warning.type === "other"
    ? warning
    : {
        type: "unsupported-setting",
        setting: warning.feature,
        ...(warning.details === undefined ? {} : { details: warning.details }),
      };
}
