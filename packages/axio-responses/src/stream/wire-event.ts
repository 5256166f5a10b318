import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";

/**
 * An event of the stream, as far as it is read here. Only `type` is sure; every other member may be missing or of another
 * type, and is checked where it is used.
 */
export interface WireEvent {
  readonly type: string;
  /** Where the item stands among the items of the answer. */
  readonly output_index?: unknown;
  /** Where the part stands in its message. */
  readonly content_index?: unknown;
  /** Which paragraph of the summary of a thought this belongs to. */
  readonly summary_index?: unknown;
  /** The item's id. It may change from event to event: output_index is what holds. */
  readonly item_id?: unknown;
  readonly item?: unknown;
  readonly part?: unknown;
  readonly delta?: unknown;
  readonly partial_image_b64?: unknown;
  readonly output_format?: unknown;
  readonly response?: unknown;
}

/**
 * Reads the data of one event.
 *
 * @returns The event, or `undefined` for the `[DONE]` that some servers send, and for the empty data of a sign of life.
 * @throws AxioError `protocol` where the text is no JSON.
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

/** Tells whether a value can be an event at all. */
export function isWireEvent(value: unknown): value is WireEvent & JsonObject {
  return isJsonObject(value) && typeof value["type"] === "string";
}

/** The value, if it is a whole number from 0. */
export function indexOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The value, if it is a text. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The objects in a value, if it is a list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** An event in which each text went through a function. */
export function mapTexts(
  event: WireEvent & JsonObject,
  map: (text: string) => string,
): WireEvent & JsonObject {
  return JSON.parse(JSON.stringify(event), (_name, value: unknown) =>
    typeof value === "string" ? map(value) : value,
  ) as WireEvent & JsonObject;
}
