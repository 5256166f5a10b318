import type { AxioError, JsonObject } from "axio";
import type { HeadlessEvent } from "./headless-event.ts";

/** The version of the JSON form. It changes when a member is removed or changes its meaning; members may be added. */
export const EVENTS_VERSION = 1;

/** Returns an event as JSON. `run-start` and `result` state the version. */
export function eventToJson(event: HeadlessEvent): JsonObject {
  const { type, ...members } = event;
  const hasVersion = type === "run-start" || type === "result";
  const error =
    "error" in members && members.error !== undefined ? { error: errorToJson(members.error) } : {};
  return toJson({ type, ...(hasVersion ? { version: EVENTS_VERSION } : {}), ...members, ...error });
}

/** Returns an error as JSON: its code, its message, and the facts for programs. */
export function errorToJson(error: AxioError): JsonObject {
  const { code, message, retryable, retryAfterMs, details } = error.toJSON();
  return toJson({ code, message, retryable, retryAfterMs, details });
}

/** Leaves out members that are `undefined`. */
function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
