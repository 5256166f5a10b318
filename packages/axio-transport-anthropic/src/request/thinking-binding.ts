import type { JsonObject } from "axio";
import { sha256 } from "axio-transport-kit/internal";
import type { ThinkingOrigin, WireBlock } from "../provider-data.ts";
import { isThinking } from "./convert-messages.ts";
import type { WireMessage } from "./wire-message.ts";

/** Messages whose thinking fits what stands before it. */
export interface BoundMessages {
  readonly messages: readonly WireMessage[];
  /** Identifies what stands before the response: system prompt, tools and messages. */
  readonly prefix: string;
}

/**
 * Leaves out thinking that was made after another system prompt, with other tools or after other messages: models that bind
 * thinking to its prefix refuse it. Later thinking that was made after the shortened messages stays.
 */
export function bindThinking(
  start: { readonly tools: readonly JsonObject[]; readonly system: readonly WireBlock[] },
  messages: readonly WireMessage[],
  origins: ReadonlyMap<WireBlock, ThinkingOrigin>,
): BoundMessages {
  let prefix = hash("", [start.tools, start.system]);
  let before = prefix;
  const bound = messages.flatMap((message): readonly WireMessage[] => {
    const fits = (block: WireBlock): boolean => {
      const made = isThinking(block.type) ? origins.get(block)?.prefix : undefined;
      return made === undefined || made === prefix;
    };
    const content = message.content.every(fits) ? message.content : message.content.filter(fits);
    const kept = content === message.content ? message : { ...message, content };
    before = prefix;
    prefix = hash(prefix, kept);
    return [kept];
  });
  // A response that goes on has the prefix of its beginning.
  const isUnfinished = messages.at(-1)?.role === "assistant";
  return { messages: bound, prefix: isUnfinished ? before : prefix };
}

function hash(before: string, value: object): string {
  return sha256(before + JSON.stringify(value)).slice(0, 16);
}
