import { type OpenAICodexResponsesOptions, stream } from "@earendil-works/pi-ai/api/openai-codex-responses";
import { normalizeContext } from "@earendil-works/pi-ai/utils/transcript";
import { type Ask, accessToken, type ClientOptions, MODEL_ID } from "../../client.ts";
import { askPiEvents } from "../pi-events.ts";

type PiModel = Parameters<typeof stream>[0];

/** The newest pi-ai, with its provider for the Codex backend over SSE. */
export function connect({ origin }: ClientOptions): Ask {
  const model: PiModel = {
    id: MODEL_ID,
    name: MODEL_ID,
    api: "openai-codex-responses",
    provider: "openai-codex",
    baseUrl: origin,
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 1_000_000,
    maxTokens: 32_000,
  };
  const options: OpenAICodexResponsesOptions = { apiKey: accessToken(), transport: "sse" };
  return askPiEvents((message) => stream(model, normalizeContext({ messages: [message] }), options));
}
