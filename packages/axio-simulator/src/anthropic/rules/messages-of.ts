import { isObject, type JsonObject } from "../../json.ts";

/** A message whose content is a list of blocks. */
export interface BlockMessage {
  readonly role: string;
  /** The place in the body. */
  readonly index: number;
  readonly blocks: readonly JsonObject[];
}

/** The messages of a body with their blocks. */
export function blockMessages(body: JsonObject): readonly BlockMessage[] {
  const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
  return messages.map((message: unknown, index) =>
    isObject(message)
      ? { role: String(message["role"]), index, blocks: blocksOf(message["content"]) }
      : { role: "", index, blocks: [] },
  );
}

/** The blocks of a content. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}

/** The messages as the service merges them: consecutive ones of the same role are one. */
export function mergedMessages(body: JsonObject): readonly BlockMessage[] {
  return blockMessages(body).reduce<BlockMessage[]>((merged, message) => {
    const last = merged.at(-1);
    if (last?.role === message.role) {
      merged[merged.length - 1] = { ...last, blocks: [...last.blocks, ...message.blocks] };
    } else merged.push(message);
    return merged;
  }, []);
}
