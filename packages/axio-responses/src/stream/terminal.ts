import { isJsonObject, type JsonObject, type StepEndEvent, type StopReason } from "axio";
import type { WireError } from "../errors.ts";
import { usageOf } from "./usage.ts";
import { textOf, type WireEvent } from "./wire-event.ts";

/** How an answer ended. */
export type Ending = "completed" | "incomplete" | "failed";

/** What an answer held, for telling why it ended. Thoughts do not count. */
export interface ItemTally {
  calls: number;
  refusals: number;
  others: number;
}

/** How a terminal event says that the answer ended. `response.done` leaves it to the answer's status. */
export function endingOf(eventType: string, response: JsonObject): Ending {
  switch (eventType) {
    case "response.failed":
      return "failed";
    case "response.incomplete":
      return "incomplete";
    case "response.done":
      if (response["status"] === "failed") return "failed";
      return response["status"] === "incomplete" || response["status"] === "cancelled"
        ? "incomplete"
        : "completed";
    default:
      return "completed";
  }
}

/** The last event of a call that did not fail. `earlier` is what the first events said of the same answer. */
export function iterationEnd(
  ending: Exclude<Ending, "failed">,
  response: JsonObject,
  earlier: JsonObject,
  tally: ItemTally,
): StepEndEvent {
  const model = textOf(response["model"]) ?? textOf(earlier["model"]);
  const responseId = textOf(response["id"]) ?? textOf(earlier["id"]);
  return {
    type: "step-end",
    stopReason: ending === "completed" ? completedReason(tally) : incompleteReason(response),
    usage: usageOf(response["usage"]),
    ...(model === undefined ? {} : { model }),
    ...(responseId === undefined ? {} : { responseId }),
  };
}

function completedReason({ calls, refusals, others }: ItemTally): StopReason {
  if (calls > 0) return "tool-use";
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
 * The error in an event. It stands in `response.error`, in `error`, or in the event itself, as the API, the WebSocket frames
 * and the older servers have it.
 */
export function wireErrorOf(event: WireEvent & JsonObject): WireError {
  const status = event["status"] ?? event["status_code"];
  const inResponse = isJsonObject(event.response) ? event.response["error"] : undefined;
  const error = isJsonObject(inResponse) ? inResponse : event["error"];
  if (isJsonObject(error)) return { ...error, status: error["status"] ?? status };
  const message = textOf(event["message"]) ?? textOf(error) ?? textOf(event["detail"]);
  return { code: event["code"], message, param: event["param"], status };
}
