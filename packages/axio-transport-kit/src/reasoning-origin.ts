import { createHash } from "node:crypto";
import { type AxioError, type Block, isJsonObject, type Message } from "axio";
import { RESPONSES_KEY } from "axio-responses";

/** Names who can read a thought: the account and the model that it came from. A hash, since histories are shared. */
export function reasoningOrigin(accountId: string, model: string): string {
  return createHash("sha256").update(`${accountId}\n${model}`).digest("base64url").slice(0, 16);
}

/**
 * Writes down where a thought came from; other blocks stay as they are.
 *
 * @param owner The key under which the transport keeps its own data in a block's `providerData`.
 */
export function tagReasoning(block: Block, owner: string, origin: string | undefined): Block {
  if (block.type !== "reasoning" || origin === undefined) return block;
  return { ...block, providerData: { ...block.providerData, [owner]: { origin } } };
}

/** The error of a backend that cannot read the encrypted reasoning in a request. */
export function isUnreadableReasoning({ details }: AxioError): boolean {
  return details.peerCode === "invalid_encrypted_content";
}

/** Knows which thoughts must not go out: those of another account or model, and those that were refused before. */
export class ReasoningFilter {
  readonly #refused = new WeakSet<Block>();

  /** Remembers all thoughts of a history as refused. Tells whether there were any that were not before. */
  refuse(messages: readonly Message[]): boolean {
    let found = false;
    for (const block of messages.flatMap(({ content }) => content)) {
      if (block.type !== "reasoning" || this.#refused.has(block)) continue;
      this.#refused.add(block);
      found = true;
    }
    return found;
  }

  /**
   * The history without the thoughts that cannot be read. What a dropped thought led to goes out without its id: under
   * that id the backend would miss the thought.
   */
  filterMessages(messages: readonly Message[], origin: string): readonly Message[] {
    const isStale = (block: Block): boolean =>
      block.type === "reasoning" && (this.#refused.has(block) || isForeign(block, origin));
    if (!messages.some(({ content }) => content.some(isStale))) return messages;
    return messages.flatMap((message) => {
      if (!message.content.some(isStale)) return [message];
      const content = message.content.filter((block) => !isStale(block)).map(withoutItemId);
      return content.length === 0 ? [] : [{ ...message, content }];
    });
  }
}

function isForeign(block: Block, origin: string): boolean {
  // Whichever transport wrote it down: what one account may read on one route, it may not on another.
  return Object.entries(block.providerData ?? {}).some(
    ([owner, data]) => owner !== RESPONSES_KEY && data["origin"] !== undefined && data["origin"] !== origin,
  );
}

function withoutItemId(block: Block): Block {
  const data = block.providerData?.[RESPONSES_KEY];
  const item = data?.["item"];
  if (!isJsonObject(item)) return block;
  const { id: _, ...rest } = item;
  return { ...block, providerData: { ...block.providerData, [RESPONSES_KEY]: { ...data, item: rest } } };
}
