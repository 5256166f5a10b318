import type { Message } from "./messages.ts";
import { estimateTokens } from "./token-estimate.ts";

/**
 * The positions at which a history can be cut without separating a tool call from its result: before the user's message
 * that starts a run.
 *
 * @param insideRuns Also before a response inside a run that calls many tools. Default: `false`.
 */
export function findCuts(messages: readonly Message[], insideRuns = false): readonly number[] {
  const cuts: number[] = [];
  const open = new Set<string>();
  messages.forEach((message, index) => {
    const hasResults = message.content.some(({ type }) => type === "tool-result");
    const canCut = message.role === "user" ? !hasResults : insideRuns && message.role === "assistant";
    if (canCut && open.size === 0) cuts.push(index);
    for (const block of message.content) {
      if (block.type === "tool-use") open.add(block.id);
      else if (block.type === "tool-result") open.delete(block.toolCallId);
    }
  });
  return cuts;
}

/**
 * Chooses the cut: the earliest between runs that keeps at most `keepTokens`; else the earliest inside a run that does;
 * else the last between runs. 0 means that nothing can be cut off.
 */
export function chooseCut(messages: readonly Message[], keepTokens: number): number {
  const tokensFrom = new Array<number>(messages.length + 1).fill(0);
  messages.forEach((_message, index) => {
    const at = messages.length - 1 - index;
    tokensFrom[at] = (tokensFrom[at + 1] ?? 0) + estimateTokens(messages.slice(at, at + 1));
  });
  // Replacing a single message gains nothing, and it may be the last summary.
  const betweenRuns = findCuts(messages).filter((cut) => cut > 1);
  const anywhere = findCuts(messages, true).filter((cut) => cut > 1);
  const isEnough = (cut: number): boolean => (tokensFrom[cut] ?? 0) <= keepTokens;
  return betweenRuns.find(isEnough) ?? anywhere.find(isEnough) ?? betweenRuns.at(-1) ?? 0;
}
