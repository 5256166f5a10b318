import type { CompletionTransport } from "axio";
import { delegatingTransport } from "axio/internal";

const NO_TOKENS = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 } as const;

/**
 * Returns a transport that responds with nothing and sends no request, for a `response.create` with `generate: false`: a client
 * states the beginning of a conversation before its user has written anything, and continues it by its id.
 */
export function warmUpTransport(transport: CompletionTransport): CompletionTransport {
  return delegatingTransport(transport, async function* () {
    yield { type: "step-end", stopReason: "end", usage: NO_TOKENS };
  });
}
