import { type Block, isJsonObject, type JsonObject } from "axio";

/** The key under which this wire format keeps its data in a block's `providerData`. */
export const RESPONSES_KEY = "responses";

/**
 * What the decoder keeps in `providerData.responses`, so that a block goes back to the server as it came.
 *
 * The block is the authority for what it holds itself: the text, the arguments or the picture stand in `item` (or `part`)
 * as an empty string, which keeps their place in the order of members, and are filled in from the block on the way back.
 */
export interface ResponsesData {
  /** The wire item. For a part of a message: the message, its `content` empty. */
  readonly item: JsonObject;
  /** The part of the message that this block is. */
  readonly part?: JsonObject;
  /** Where the part stands in the message's `content`. 0 begins a new item. */
  readonly partIndex?: number;
}

/** The block's data of this wire format, or `undefined` where there is none or it is no longer whole. */
export function responsesData(block: Block): ResponsesData | undefined {
  const data = block.providerData?.[RESPONSES_KEY];
  const item = data?.["item"];
  if (!isJsonObject(item) || typeof item["type"] !== "string") return undefined;
  const part = data?.["part"];
  const partIndex = data?.["partIndex"];
  if (!isJsonObject(part) || typeof partIndex !== "number") return { item };
  return { item, part, partIndex };
}

/** Puts data under the key of this wire format. */
export function providerDataOf(data: ResponsesData): { readonly [RESPONSES_KEY]: JsonObject } {
  const { item, part, partIndex } = data;
  return {
    [RESPONSES_KEY]: part === undefined || partIndex === undefined ? { item } : { item, part, partIndex },
  };
}
