import { type Block, isJsonObject, type JsonObject } from "axio";
import { readObject, readObjects, readText } from "./json-members.ts";

/** The key of this wire format in a block's `providerData`. */
export const CHAT_KEY = "chat";

/** The data in `providerData.chat`, with which a block goes back to its server as it came. */
export interface ChatData {
  /** Where the block came from, as the caller names it: for example a hash of host and model. */
  readonly origin?: string | undefined;
  /** Reasoning: the items of `reasoning_details`. */
  readonly details?: readonly JsonObject[] | undefined;
  /** Reasoning: the items of `thinking_blocks`. */
  readonly thinkingBlocks?: readonly JsonObject[] | undefined;
  /** Tool call: the members that are not part of the API, such as Gemini's `extra_content`. */
  readonly call?: JsonObject | undefined;
  /** Tool call: the same, of its `function`. */
  readonly function?: JsonObject | undefined;
}

/** The block's data of this wire format, if it came from `origin`. */
export function readChatData(block: Block, origin: string | undefined): ChatData | undefined {
  const data = block.providerData?.[CHAT_KEY];
  if (!isJsonObject(data) || readText(data["origin"]) !== origin) return undefined;
  return {
    origin,
    details: readObjects(data["details"]),
    thinkingBlocks: readObjects(data["thinkingBlocks"]),
    call: readObject(data["call"]),
    function: readObject(data["function"]),
  };
}

/** The data under the key of this wire format. Empty members are left out. */
export function toProviderData(data: ChatData): { readonly [CHAT_KEY]: JsonObject } {
  const members = Object.entries(data).filter(
    ([, value]) => value !== undefined && Object.keys(value).length > 0,
  );
  return { [CHAT_KEY]: Object.fromEntries(members) as JsonObject };
}
