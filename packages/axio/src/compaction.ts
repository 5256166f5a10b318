import { readBatches } from "./batches.ts";
import type { ContextStore } from "./context-store.ts";
import { AxioError, throwIfAborted } from "./errors.ts";
import { type Message, userMessage } from "./messages.ts";
import { Step } from "./step.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";

/** Makes fewer messages out of many. What it gives stands in their place at the beginning of the history. */
export type CompactionStrategy = (
  messages: readonly Message[],
  options: { readonly signal?: AbortSignal },
) => Promise<readonly Message[]>;

/** How much of a conversation is kept as it is. */
export interface CompactionOptions {
  /** Makes the summary: `summarizeWith(transport)`, or your own. */
  readonly strategy: CompactionStrategy;
  /** How many tokens of the newest messages to keep word for word, at the least one turn. Default 8,000. */
  readonly keepTokens?: number;
  /** Stops it: the history stays as it was, and `aborted` is thrown. */
  readonly signal?: AbortSignal;
}

/** What a compaction did. */
export interface CompactionResult {
  /** How many messages were replaced; 0 where there was nothing to gain. */
  readonly replaced: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** The default of `keepTokens`. */
export const DEFAULT_KEEP_TOKENS = 8_000;

const SUMMARY_SYSTEM =
  "You summarise a conversation between a user and an assistant, so that the assistant can go on from your summary alone.";
const SUMMARY_PROMPT =
  "Summarise the conversation above. Keep what later turns depend on: what the user wants, decisions and their reasons, facts, names, paths, numbers, what the tools found, what is done and what is left to do. Leave out pleasantries. Write the summary only.";
const SUMMARY_INTRODUCTION = "Summary of the conversation so far:";

/**
 * The places at which a history can be cut without parting a tool call from its result: before a message of the user
 * that is no tool result, with no call open.
 *
 * @param insideTurns Also before an answer of the assistant, in the middle of a turn that runs many tools. Default `false`.
 */
export function findCuts(messages: readonly Message[], insideTurns = false): readonly number[] {
  const cuts: number[] = [];
  const open = new Set<string>();
  messages.forEach((message, index) => {
    const answers = message.content.some(({ type }) => type === "tool-result");
    const begins = message.role === "user" ? !answers : insideTurns && message.role === "assistant";
    if (begins && open.size === 0) cuts.push(index);
    for (const block of message.content) {
      if (block.type === "tool-use") open.add(block.id);
      else if (block.type === "tool-result") open.delete(block.toolCallId);
    }
  });
  return cuts;
}

/**
 * Chooses the cut: the earliest between turns that leaves at most `keepTokens` behind it; else, inside a long turn, the
 * earliest that does; else the last between turns. 0 means that nothing can be cut off.
 */
export function chooseCut(messages: readonly Message[], keepTokens: number): number {
  const tokensFrom = new Array<number>(messages.length + 1).fill(0);
  messages.forEach((_message, index) => {
    const at = messages.length - 1 - index;
    tokensFrom[at] = (tokensFrom[at + 1] ?? 0) + estimateTokens(messages.slice(at, at + 1));
  });
  // One message is not made fewer, and may be the last summary.
  const betweenTurns = findCuts(messages).filter((cut) => cut > 1);
  const anywhere = findCuts(messages, true).filter((cut) => cut > 1);
  const isEnough = (cut: number): boolean => (tokensFrom[cut] ?? 0) <= keepTokens;
  return betweenTurns.find(isEnough) ?? anywhere.find(isEnough) ?? betweenTurns.at(-1) ?? 0;
}

/**
 * Puts the older part of a conversation into fewer words.
 *
 * Messages that are added meanwhile are kept. Where the older part itself was changed meanwhile, nothing is replaced.
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
  throwIfAborted(options.signal);
  const messages = await context.history();
  const tokensBefore = await context.tokenCount();
  const cut = chooseCut(messages, options.keepTokens ?? DEFAULT_KEEP_TOKENS);
  const nothing: CompactionResult = { replaced: 0, tokensBefore, tokensAfter: tokensBefore };
  if (cut === 0) return nothing;
  const older = messages.slice(0, cut);
  const replacement = await options.strategy(
    older,
    options.signal === undefined ? {} : { signal: options.signal },
  );
  throwIfAborted(options.signal);
  const now = await context.history();
  // Stores give copies, so it is the content that tells. Replacing what nobody summarised would lose it.
  if (JSON.stringify(now.slice(0, cut)) !== JSON.stringify(older)) return nothing;
  await context.compact(replacement, cut);
  return { replaced: cut, tokensBefore, tokensAfter: await context.tokenCount() };
}

/**
 * The strategy that asks a model for a summary.
 *
 * @throws AxioError what the transport throws, or `protocol` where the summary comes back empty or cut off.
 */
export function summarizeWith(
  transport: CompletionTransport,
  { model, reasoning }: Pick<StreamRequest, "model" | "reasoning"> = {},
): CompactionStrategy {
  return async (messages, { signal }) => {
    const stream = transport.stream({
      system: SUMMARY_SYSTEM,
      messages: [...messages, userMessage(SUMMARY_PROMPT)],
      tools: [],
      model,
      reasoning,
      signal,
    });
    const step = new Step([]);
    for await (const batch of readBatches(stream)) step.add(batch);
    const { stopReason } = step.end();
    const summary = step.text.trim();
    if (summary === "" || stopReason !== "end") {
      throw new AxioError(
        "protocol",
        `The model's summary of the conversation is ${summary === "" ? "empty" : `not whole (${stopReason})`}. The history was left as it was; try again.`,
        { retryable: true },
      );
    }
    return [userMessage(`${SUMMARY_INTRODUCTION}\n\n${summary}`)];
  };
}
