import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type StepEndEvent,
  type StopReason,
  type Usage,
} from "axio";
import type { WireError } from "../errors.ts";
import { textOf, type WireEvent } from "./wire-event.ts";

/** How a response ended. */
export type Ending = "completed" | "incomplete" | "failed";

/** Counts the items of a response, to find its stop reason. Reasoning does not count. */
export interface ItemTally {
  calls: number;
  refusals: number;
  others: number;
  /** Tool calls that are incomplete, and so do not run. */
  partialCalls: number;
}

/** Returns how a response ended: the worse of what the event and the status of the response say. */
export function endingOf(eventType: string, response: JsonObject): Ending {
  const { status, incomplete_details: details } = response;
  if (eventType === "response.failed" || status === "failed") return "failed";
  const isCut =
    status === "incomplete" ||
    status === "cancelled" ||
    (status === undefined && isJsonObject(details) && typeof details["reason"] === "string");
  return isCut || eventType === "response.incomplete" ? "incomplete" : "completed";
}

/** Returns the last event of a response. `beginning` is an earlier event that stated the response, as text or parsed. */
export function stepEnd(
  ending: Exclude<Ending, "failed">,
  response: JsonObject,
  beginning: JsonObject | string,
  tally: ItemTally,
): StepEndEvent {
  const isComplete = textOf(response["model"]) !== undefined && textOf(response["id"]) !== undefined;
  const earlier = isComplete ? {} : responseOf(beginning);
  return {
    type: "step-end",
    stopReason: ending === "completed" ? completedReason(tally) : incompleteReason(response),
    usage: usageOf(response["usage"]),
    model: textOf(response["model"]) ?? textOf(earlier["model"]),
    responseId: textOf(response["id"]) ?? textOf(earlier["id"]),
  };
}

/** The response that an event states. An event that cannot be read states nothing. */
function responseOf(event: JsonObject | string): JsonObject {
  let parsed: unknown = event;
  try {
    if (typeof event === "string") parsed = JSON.parse(event);
  } catch {
    return {};
  }
  return isJsonObject(parsed) && isJsonObject(parsed["response"]) ? parsed["response"] : {};
}

function completedReason({ calls, refusals, others, partialCalls }: ItemTally): StopReason {
  if (calls > 0) return "tool-use";
  if (partialCalls > 0) return "incomplete";
  return refusals > 0 && others === 0 ? "refusal" : "end";
}

function incompleteReason(response: JsonObject): StopReason {
  const details = response["incomplete_details"];
  switch (isJsonObject(details) ? details["reason"] : undefined) {
    case "max_output_tokens":
      return "max-output-tokens";
    case "content_filter":
      return "content-filter";
    default:
      return "incomplete";
  }
}

/**
 * Returns the error of an event: `response.error` in the API, `error` in WebSocket messages, or the event itself in older
 * servers.
 */
export function wireErrorOf(event: WireEvent & JsonObject): WireError {
  const status = event["status"] ?? event["status_code"];
  const inResponse = isJsonObject(event.response) ? event.response["error"] : undefined;
  const error = isJsonObject(inResponse) ? inResponse : event["error"];
  if (isJsonObject(error)) return { ...error, status: error["status"] ?? status };
  const message = textOf(event["message"]) ?? textOf(error) ?? textOf(event["detail"]);
  return { code: event["code"], message, param: event["param"], status };
}

/** Missing counts are 0. */
function usageOf(wire: JsonValue | undefined): Usage {
  const written = tokens(memberOf(wire, "input_tokens_details"), "cache_write_tokens");
  return {
    inputTokens: tokens(wire, "input_tokens"),
    cachedInputTokens: tokens(memberOf(wire, "input_tokens_details"), "cached_tokens"),
    ...(written === 0 ? {} : { cacheWriteTokens: written }),
    outputTokens: tokens(wire, "output_tokens"),
    reasoningTokens: tokens(memberOf(wire, "output_tokens_details"), "reasoning_tokens"),
  };
}

function tokens(wire: JsonValue | undefined, member: string): number {
  const count = memberOf(wire, member);
  return typeof count === "number" && Number.isFinite(count) && count > 0 ? count : 0;
}

function memberOf(wire: JsonValue | undefined, member: string): JsonValue | undefined {
  return isJsonObject(wire) ? wire[member] : undefined;
}
