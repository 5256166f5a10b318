import { createOpenAI } from "@ai-sdk/openai-4";
import { streamText } from "ai-7";
import { type Ask, type ClientOptions, MODEL_ID } from "../../client.ts";
import { askStreamText } from "../stream-text.ts";

/** The newest AI SDK. */
export function connect({ origin }: ClientOptions): Ask {
  const provider = createOpenAI({ baseURL: origin, apiKey: "bench" });
  return askStreamText(streamText, provider.responses(MODEL_ID), { openai: { store: false } });
}
