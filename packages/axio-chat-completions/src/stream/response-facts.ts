import type { JsonObject } from "axio";
import { readObject, readText } from "../json-members.ts";
import { findUsage } from "./usage.ts";

/** Facts about a response that are not part of its content. For logs and prices. */
export interface ResponseFacts {
  /** The model that wrote the response. */
  readonly model?: string | undefined;
  readonly responseId?: string | undefined;
  /** The usage as the server sent it: with costs, cache writes and audio tokens. */
  readonly usage?: JsonObject | undefined;
  /** The server's own reason for the end. */
  readonly finishReason?: string | undefined;
  /** OpenRouter: the reason of the provider behind it. */
  readonly nativeFinishReason?: string | undefined;
  /** OpenRouter: the provider that wrote the response. */
  readonly provider?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly moderation?: JsonObject | undefined;
}

/** The facts, with those of one more chunk. The last value counts, but for the id. */
export function readFacts(
  facts: ResponseFacts,
  chunk: JsonObject,
  choice: JsonObject | undefined,
): ResponseFacts {
  return {
    model: readText(chunk["model"]) ?? facts.model,
    responseId: facts.responseId ?? readText(chunk["id"]),
    usage: findUsage(chunk, choice) ?? facts.usage,
    finishReason: readText(choice?.["finish_reason"]) ?? facts.finishReason,
    nativeFinishReason: readText(choice?.["native_finish_reason"]) ?? facts.nativeFinishReason,
    provider: readText(chunk["provider"]) ?? facts.provider,
    serviceTier: readText(chunk["service_tier"]) ?? facts.serviceTier,
    moderation: readObject(chunk["moderation"]) ?? facts.moderation,
  };
}
