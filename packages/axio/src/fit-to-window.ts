import { findCuts } from "./history-cuts.ts";
import { type Message, userMessage } from "./messages.ts";
import { shortenResults } from "./shorten-results.ts";
import { estimateTokens } from "./token-estimate.ts";

/**
 * Makes messages fit into about `maxTokens`: shortens tool results, then all long texts, then omits the oldest messages. A
 * call stays with its result.
 */
export function fitToWindow(
  messages: readonly Message[],
  maxTokens: number,
): { readonly readable: readonly Message[]; readonly omitted: number } {
  const shorter = shortenResults(shortenResults(messages, maxTokens), maxTokens, "all-texts");
  let tokens = estimateTokens(shorter);
  if (tokens <= maxTokens) return { readable: shorter, omitted: 0 };
  const cuts = findCuts(shorter, true);
  let omitted = 0;
  for (const cut of cuts) {
    tokens -= estimateTokens(shorter.slice(omitted, cut));
    omitted = cut;
    if (tokens <= maxTokens) break;
  }
  if (omitted === 0) return { readable: shorter, omitted };
  // A note in their place, since some services take no history that begins with a response.
  const note = userMessage(`[The first ${omitted} messages are omitted, because they were too long.]`);
  return { readable: [note, ...shorter.slice(omitted)], omitted };
}
