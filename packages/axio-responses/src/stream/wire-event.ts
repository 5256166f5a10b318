import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";

/** A wire event. Only `type` is checked; every other member may be missing or of another type. */
export interface WireEvent {
  readonly type: string;
  /** The index of the item in the response. */
  readonly output_index?: unknown;
  /** The index of the part in its message. */
  readonly content_index?: unknown;
  /** The paragraph of a reasoning summary. */
  readonly summary_index?: unknown;
  /** The id of the item. It may change from event to event; `output_index` does not. */
  readonly item_id?: unknown;
  readonly item?: unknown;
  readonly part?: unknown;
  readonly delta?: unknown;
  /** The complete text of a part. */
  readonly text?: unknown;
  readonly refusal?: unknown;
  /** The complete text of a tool call. */
  readonly arguments?: unknown;
  readonly input?: unknown;
  readonly annotation?: unknown;
  readonly partial_image_b64?: unknown;
  readonly output_format?: unknown;
  readonly response?: unknown;
}

/** Data of keep-alives and end marks of servers and proxies, which are no events. */
const NO_EVENT = /^\s*(\[DONE\]|ping|pong|keep-?alive|heartbeat)?\s*$/i;

/**
 * Parses the data of one event.
 *
 * @param quote Makes the text fit to be shown in an error: short, without secrets. Default: it is not shown.
 * @returns The event; `undefined` for the `[DONE]` of some servers, and for a keep-alive.
 * @throws AxioError `protocol` if the text is not JSON.
 */
export function parseWireEvent(data: string, quote?: (text: string) => string): unknown {
  if (data.length < 20 && NO_EVENT.test(data)) return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch (cause) {
    const quoted = quote === undefined ? "" : ` It said: ${quote(data)}`;
    throw new AxioError(
      "protocol",
      `The provider sent an event of ${data.length} characters that is not JSON. Try again; if this persists, a proxy may change the stream.${quoted}`,
      { cause, retryable: true },
    );
  }
}

/** Whether a value is an event. */
export function isWireEvent(value: unknown): value is WireEvent & JsonObject {
  return isJsonObject(value) && typeof value["type"] === "string";
}

/** Whether a value is an error as in the body of an HTTP response, without the type of an event. */
export function isUntypedError(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) && value["type"] === undefined && (isJsonObject(value["error"]) || "detail" in value)
  );
}

/** Returns the value if it is a non-negative integer. */
export function indexOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Returns the value if it is a string. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns the objects of a value if it is an array. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Returns an event in which each string is mapped. */
export function mapTexts(
  event: WireEvent & JsonObject,
  map: (text: string) => string,
): WireEvent & JsonObject {
  return JSON.parse(JSON.stringify(event), (_name, value: unknown) =>
    typeof value === "string" ? map(value) : value,
  ) as WireEvent & JsonObject;
}
