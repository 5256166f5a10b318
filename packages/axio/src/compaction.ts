import { readBatches } from "./batches.ts";
import { checkOptions } from "./check-options.ts";
import type { ContextStore } from "./context-store.ts";
import { AxioError, throwIfAborted } from "./errors.ts";
import { fitToWindow } from "./fit-to-window.ts";
import { chooseCut } from "./history-cuts.ts";
import { type Message, userMessage } from "./messages.ts";
import type { ModelSpec } from "./models.ts";
import { COMPACTION_RULES, checkStore, checkTransport } from "./option-rules.ts";
import { shortenResults } from "./shorten-results.ts";
import { Step } from "./step.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";

/** Summarizes messages. What it returns replaces them at the beginning of the history. */
export type CompactionStrategy = (
  messages: readonly Message[],
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<readonly Message[]>;

/** The options of {@link compactContext}. */
export interface CompactionOptions {
  /** Creates the summary: `summarizeWith(transport)`, or your own. */
  readonly strategy: CompactionStrategy;
  /** How many tokens of the newest messages to keep unchanged, but at least one run. Default: 8,000. */
  readonly keepTokens?: number | undefined;
  /**
   * If the history is longer than this without its older messages, large tool results in the newest messages are shortened.
   * Default: they stay as they are.
   */
  readonly maxTokens?: number | undefined;
  /** Aborts the compaction: the history stays unchanged, and `aborted` is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of a compaction. */
export interface CompactionResult {
  /** The number of messages that were replaced. 0 if the history is short enough, or changed in the meantime. */
  readonly replaced: number;
  /** The number of newer messages whose tool results were shortened. */
  readonly shortened: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** The default of `keepTokens`. */
export const DEFAULT_KEEP_TOKENS = 8_000;

/** How much of a context window the messages may fill that are summarized. */
const READABLE_SHARE = 0.8;
/** A model that cannot read so few tokens has another problem. */
const MIN_READABLE_TOKENS = 500;

const SUMMARY_SYSTEM =
  "You summarize a conversation between a user and an assistant, so that the assistant can continue from your summary alone.";
const SUMMARY_PROMPT =
  "Summarize the conversation above. Keep what later messages depend on: what the user wants, decisions and their reasons, facts, names, paths, numbers, what the tools found, what is done and what is left to do. Leave out pleasantries. Write the summary only.";
const SUMMARY_INTRODUCTION = "Summary of the conversation so far";

/**
 * Replaces the older part of a conversation with a summary.
 *
 * Messages that are appended in the meantime are kept. If the older part itself changes, nothing is replaced.
 *
 * @throws The error of the strategy; the history is then unchanged.
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
  checkStore("compactContext", context);
  checkOptions("compactContext", options, COMPACTION_RULES);
  throwIfAborted(options.signal);
  const messages = await context.history();
  const tokensBefore = await context.tokenCount();
  const { keepTokens = DEFAULT_KEEP_TOKENS, maxTokens, signal } = options;
  const cut = chooseCut(messages, keepTokens);
  const older = messages.slice(0, cut);
  const newer = messages.slice(cut);
  const summary = cut === 0 ? [] : await options.strategy(older, { signal });
  throwIfAborted(signal);
  const remaining = maxTokens === undefined ? newer : shortenNewer(summary, newer, maxTokens);
  const shortened = remaining.filter((message, index) => message !== newer[index]).length;
  const nothing = { replaced: 0, shortened: 0, tokensBefore, tokensAfter: tokensBefore };
  const count = shortened > 0 ? messages.length : cut;
  if (count === 0) return nothing;
  const now = await context.history();
  // Stores return copies, so the content is compared. Replacing what was not read would lose it.
  if (JSON.stringify(now.slice(0, count)) !== JSON.stringify(messages.slice(0, count))) return nothing;
  await context.compact(shortened > 0 ? [...summary, ...remaining] : summary, count);
  return { replaced: cut, shortened, tokensBefore, tokensAfter: await context.tokenCount() };
}

function shortenNewer(
  summary: readonly Message[],
  newer: readonly Message[],
  maxTokens: number,
): readonly Message[] {
  const tokens = estimateTokens(summary);
  if (tokens + estimateTokens(newer) <= maxTokens) return newer;
  // Half of the limit, so that the next step has room.
  return shortenResults(newer, Math.floor(maxTokens / 2) - tokens);
}

/**
 * A strategy that lets a model write the summary. If the messages do not fit into the model's context window, long texts are
 * shortened, and then the oldest messages are omitted; the summary says how many.
 *
 * @throws AxioError the error of the transport, or `protocol` if the summary is empty or incomplete.
 */
export function summarizeWith(
  transport: CompletionTransport,
  { model, reasoning }: Pick<StreamRequest, "model" | "reasoning"> = {},
): CompactionStrategy {
  checkTransport("summarizeWith", transport);
  return async (messages, { signal }) => {
    // The model that writes the summary must be able to read it all.
    const { contextWindow } = findModel(transport, model);
    let limit = contextWindow === undefined ? Number.POSITIVE_INFINITY : contextWindow * READABLE_SHARE;
    for (;;) {
      const { readable, omitted } = fitToWindow(messages, limit);
      try {
        const summary = await writeSummary(transport, { messages: readable, model, reasoning, signal });
        const gap = omitted === 0 ? "" : ` (without its first ${omitted} messages, which were too long)`;
        return [userMessage(`${SUMMARY_INTRODUCTION}${gap}:\n\n${summary}`)];
      } catch (error) {
        // Tokens are estimated, and some texts have several times as many.
        limit = Math.min(limit, estimateTokens(readable)) / 2;
        const isTooLong = AxioError.is(error, "context-length") || AxioError.is(error, "request-too-large");
        if (!isTooLong || limit < MIN_READABLE_TOKENS) throw error;
      }
    }
  };
}

async function writeSummary(
  transport: CompletionTransport,
  request: Pick<StreamRequest, "messages" | "model" | "reasoning" | "signal">,
): Promise<string> {
  const stream = transport.stream({
    ...request,
    system: SUMMARY_SYSTEM,
    messages: [...request.messages, userMessage(SUMMARY_PROMPT)],
    tools: [],
  });
  const step = new Step([]);
  for await (const batch of readBatches(stream)) step.add(batch);
  const { stopReason } = step.end();
  const summary = step.text.trim();
  if (summary !== "" && stopReason === "end") return summary;
  throw new AxioError(
    "protocol",
    `The model's summary is ${summary === "" ? "empty" : `incomplete (${stopReason})`}. The history is unchanged; try again.`,
    { retryable: true },
  );
}

function findModel(transport: CompletionTransport, model: StreamRequest["model"]): ModelSpec {
  if (typeof model === "object") return model;
  return (model === undefined ? undefined : transport.models.find(model)) ?? transport.model;
}
