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
  readonly partial_image_b64?: unknown;
  readonly output_format?: unknown;
  readonly response?: unknown;
}

/**
 * Parses the data of one event.
 *
 * @returns The event; `undefined` for the `[DONE]` of some servers, and for the empty data of a keep-alive.
 * @throws AxioError `protocol` if the text is not JSON.
 */
export function parseWireEvent(data: string): unknown {
  if (data === "[DONE]" || data === "") return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch (cause) {
    throw new AxioError(
      "protocol",
      `The provider sent an event of ${data.length} characters that is not JSON. Try again; if this persists, a proxy may change the stream.`,
      { cause, retryable: true },
    );
  }
}

/** Whether a value is an event. */
export function isWireEvent(value: unknown): value is WireEvent & JsonObject {
  return isJsonObject(value) && typeof value["type"] === "string";
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
