import { type OpenAICodexResponsesOptions, stream } from "@earendil-works/pi-ai/api/openai-codex-responses";
import { normalizeContext } from "@earendil-works/pi-ai/utils/transcript";
import { type Ask, accessToken, type ClientOptions, MODEL_ID } from "../../client.ts";
import { askPiEvents, PI_MODEL } from "../pi-events.ts";

type PiModel = Parameters<typeof stream>[0];

/** The newest pi-ai, with its provider for the Codex backend over SSE. */
export function connect({ origin }: ClientOptions): Ask {
  const model: PiModel = {
    id: MODEL_ID,
    name: MODEL_ID,
    api: "openai-codex-responses",
    provider: "openai-codex",
    baseUrl: origin,
    ...PI_MODEL,
  };
  const options: OpenAICodexResponsesOptions = { apiKey: accessToken(), transport: "sse" };
  return askPiEvents((message) => stream(model, normalizeContext({ messages: [message] }), options));
}
