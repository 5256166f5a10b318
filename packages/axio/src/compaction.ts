import type { ContextStore } from "./context-store.ts";
import { AxioError } from "./errors.ts";
import { type Message, messageText, userMessage } from "./messages.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { CompletionTransport } from "./transport.ts";

/** Makes fewer messages out of many. What it gives stands in their place at the beginning of the history. */
export type CompactionStrategy = (
  messages: readonly Message[],
  options: { readonly signal?: AbortSignal },
) => Promise<readonly Message[]>;

/** How much of a conversation is kept as it is. */
export interface CompactionOptions {
  readonly strategy: CompactionStrategy;
  /** How many tokens of the newest messages to keep word for word, at the least one turn. Default 8,000. */
  readonly keepTokens?: number;
  readonly signal?: AbortSignal;
}

/** What a compaction did. */
export interface CompactionResult {
  /** How many messages were replaced; 0 where there was nothing to gain. */
  readonly replaced: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

const DEFAULT_KEEP_TOKENS = 8_000;

const SUMMARY_SYSTEM =
  "You summarise a conversation between a user and an assistant, so that the assistant can go on from your summary alone.";
const SUMMARY_PROMPT =
  "Summarise the conversation above. Keep what later turns depend on: what the user wants, decisions and their reasons, facts, names, paths, numbers, what the tools found, what is done and what is left to do. Leave out pleasantries. Write the summary only.";
const SUMMARY_INTRODUCTION = "Summary of the conversation so far:";

/**
 * The places at which a history can be cut: before a message of the user that is no tool result, with no call open.
 * Cutting there never parts a tool call from its result.
 */
export function findCuts(messages: readonly Message[]): readonly number[] {
  const cuts: number[] = [];
  const open = new Set<string>();
  messages.forEach((message, index) => {
    const answers = message.content.some(({ type }) => type === "tool-result");
    if (message.role === "user" && !answers && open.size === 0) cuts.push(index);
    for (const block of message.content) {
      if (block.type === "tool-use") open.add(block.id);
      else if (block.type === "tool-result") open.delete(block.toolUseId);
    }
  });
  return cuts;
}

/**
 * Chooses the cut: the earliest that leaves at most `keepTokens` behind it, else the last one.
 * 0 means that nothing can be cut off.
 */
export function chooseCut(messages: readonly Message[], keepTokens: number): number {
  const cuts = findCuts(messages).filter((cut) => cut > 0);
  return cuts.find((cut) => estimateTokens(messages.slice(cut)) <= keepTokens) ?? cuts.at(-1) ?? 0;
}

/**
 * Puts the older part of a conversation into fewer words.
 *
 * @throws what the strategy throws; the history is then as it was.
 *
 * @example
 * ```ts
 * await compactContext(context, { strategy: summarizeWith(transport) });
 * ```
 */
export async function compactContext(
  context: ContextStore,
  options: CompactionOptions,
): Promise<CompactionResult> {
  const messages = await context.history();
  const tokensBefore = await context.tokenCount();
  const cut = chooseCut(messages, options.keepTokens ?? DEFAULT_KEEP_TOKENS);
  if (cut === 0) return { replaced: 0, tokensBefore, tokensAfter: tokensBefore };
  const replacement = await options.strategy(
    messages.slice(0, cut),
    options.signal === undefined ? {} : { signal: options.signal },
  );
  await context.compact(replacement, cut);
  return { replaced: cut, tokensBefore, tokensAfter: await context.tokenCount() };
}

/**
 * The strategy that asks a model for a summary.
 *
 * @throws AxioError what the transport throws, or `protocol` where the summary comes back empty.
 */
export function summarizeWith(transport: CompletionTransport): CompactionStrategy {
  return async (messages, { signal }) => {
    let summary = "";
    const stream = transport.stream({
      system: SUMMARY_SYSTEM,
      messages: [...messages, userMessage(SUMMARY_PROMPT)],
      tools: [],
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const event of stream) {
      if (event.type === "retry") summary = "";
      else if (event.type === "block-end")
        summary += messageText({ role: "assistant", content: [event.block] });
    }
    if (summary.trim() === "") {
      throw new AxioError(
        "protocol",
        "The model's summary of the conversation is empty. The history was left as it was; try again.",
      );
    }
    return [userMessage(`${SUMMARY_INTRODUCTION}\n\n${summary.trim()}`)];
  };
}
