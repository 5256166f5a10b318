import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { AxioError } from "axio";

type StreamPart = LanguageModelV4StreamPart;
type OpenPart = Extract<LanguageModelV4Content, { type: "text" | "reasoning" }>;

/**
 * Folds the parts of a response.
 *
 * @param isJson Whether JSON was asked for: then the last text alone is the structured output.
 * @throws AxioError `stream-truncated` if the response has no end.
 */
export function generateResult(parts: readonly StreamPart[], isJson: boolean): LanguageModelV4GenerateResult {
  const content: LanguageModelV4Content[] = [];
  const open = new Map<string, OpenPart>();
  let warnings: LanguageModelV4GenerateResult["warnings"] = [];
  let response: LanguageModelV4GenerateResult["response"];
  for (const part of parts) {
    switch (part.type) {
      case "stream-start":
        warnings = part.warnings;
        break;
      case "text-start":
      case "reasoning-start": {
        const begun: OpenPart = { type: part.type === "text-start" ? "text" : "reasoning", text: "" };
        open.set(part.id, begun);
        content.push(begun);
        break;
      }
      case "text-delta":
      case "reasoning-delta": {
        const begun = open.get(part.id);
        if (begun !== undefined) begun.text += part.delta;
        break;
      }
      case "text-end":
      case "reasoning-end": {
        const { type, id, ...rest } = part;
        Object.assign(open.get(id) ?? {}, rest);
        break;
      }
      case "tool-call":
      case "tool-result":
      case "custom":
      case "file":
      case "source":
        content.push(part);
        break;
      case "response-metadata": {
        const { type, ...metadata } = part;
        response = metadata;
        break;
      }
      case "finish": {
        const { usage, finishReason, providerMetadata } = part;
        const texts = content.filter((one) => one.type === "text");
        const answer = texts.at(-1)?.text;
        return {
          content,
          ...(isJson && texts.length > 1 && answer !== undefined ? { structuredOutputText: answer } : {}),
          finishReason,
          usage,
          warnings,
          ...(providerMetadata === undefined ? {} : { providerMetadata }),
          ...(response === undefined ? {} : { response }),
        };
      }
    }
  }
  throw new AxioError("stream-truncated", "The response has no end. Send the request again.");
}
