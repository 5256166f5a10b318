import { type Block, isJsonObject, type JsonObject } from "axio";

/** The key of this wire format in the `providerData` of a block. */
export const RESPONSES_KEY = "responses";

/**
 * The data that the decoder stores in `providerData.responses`, so that a block is sent back as it came.
 *
 * Content that the block holds itself (text, input, image) is an empty string in `item` or `part`. This keeps its place in
 * the order of members; it is filled in from the block when the block is sent back.
 */
export interface ResponsesData {
  /** The wire item. For a part of a message: the message with an empty `content`. */
  readonly item: JsonObject;
  /** The part of the message that this block is. */
  readonly part?: JsonObject | undefined;
  /** The index of the part in the `content` of the message. 0 begins a new item. */
  readonly partIndex?: number | undefined;
}

/** Returns the data of this wire format, or `undefined` if it is missing or incomplete. */
export function responsesData(block: Block): ResponsesData | undefined {
  const data = block.providerData?.[RESPONSES_KEY];
  const item = data?.["item"];
  if (!isJsonObject(item) || typeof item["type"] !== "string") return undefined;
  const part = data?.["part"];
  const partIndex = data?.["partIndex"];
  if (!isJsonObject(part) || typeof partIndex !== "number") return { item };
  return { item, part, partIndex };
}

/** Wraps data in the key of this wire format. */
export function providerDataOf(data: ResponsesData): { readonly [RESPONSES_KEY]: JsonObject } {
  const { item, part, partIndex } = data;
  return {
    [RESPONSES_KEY]: part === undefined || partIndex === undefined ? { item } : { item, part, partIndex },
  };
}
