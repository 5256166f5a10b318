import { type AxioError, type Block, isJsonObject, type Message } from "axio";
import { RESPONSES_KEY } from "axio-responses";

/**
 * Records where reasoning came from; other blocks stay as they are.
 *
 * @param providerKey The key of the transport's own data in `providerData`.
 */
export function tagReasoning(block: Block, providerKey: string, origin: string | undefined): Block {
  if (block.type !== "reasoning" || origin === undefined) return block;
  return { ...block, providerData: { ...block.providerData, [providerKey]: { origin } } };
}

/** Whether a service could not read the encrypted reasoning of a request. */
export function isUnreadableReasoning({ details }: AxioError): boolean {
  return details.peerCode === "invalid_encrypted_content";
}

/** Keeps back reasoning that cannot be read: that of another account or model, and reasoning that was rejected before. */
export class ReasoningFilter {
  readonly #dropped = new WeakSet<Block>();

  /** Drops all reasoning of a history from now on. Returns whether any of it was not dropped before. */
  drop(messages: readonly Message[]): boolean {
    let found = false;
    for (const block of messages.flatMap(({ content }) => content)) {
      if (block.type !== "reasoning" || this.#dropped.has(block)) continue;
      this.#dropped.add(block);
      found = true;
    }
    return found;
  }

  /**
   * Returns the history without reasoning that cannot be read. The other blocks of such a message lose their item ids:
   * under these ids, the service would miss the reasoning.
   */
  filterMessages(messages: readonly Message[], origin: string): readonly Message[] {
    const isUnreadable = (block: Block): boolean =>
      block.type === "reasoning" && (this.#dropped.has(block) || isForeign(block, origin));
    if (!messages.some(({ content }) => content.some(isUnreadable))) return messages;
    return messages.flatMap((message) => {
      if (!message.content.some(isUnreadable)) return [message];
      const content = message.content.filter((block) => !isUnreadable(block)).map(withoutItemId);
      return content.length === 0 ? [] : [{ ...message, content }];
    });
  }
}

function isForeign(block: Block, origin: string): boolean {
  // Any transport may have recorded the origin: an account may read reasoning over one route and not over another.
  return Object.entries(block.providerData ?? {}).some(
    ([key, data]) => key !== RESPONSES_KEY && data["origin"] !== undefined && data["origin"] !== origin,
  );
}

function withoutItemId(block: Block): Block {
  const data = block.providerData?.[RESPONSES_KEY];
  const item = data?.["item"];
  if (!isJsonObject(item)) return block;
  const { id: _, ...rest } = item;
  return { ...block, providerData: { ...block.providerData, [RESPONSES_KEY]: { ...data, item: rest } } };
}
