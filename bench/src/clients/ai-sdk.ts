import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import { type Ask, type ClientOptions, MODEL_ID } from "../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const provider = createOpenAI({ baseURL: origin, apiKey: "bench" });
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const result = streamText({
      model: provider.responses(MODEL_ID),
      prompt,
      maxRetries: 0,
      providerOptions: { openai: { store: false } },
      onError: ({ error }) => {
        throw error;
      },
    });
    for await (const delta of result.textStream) {
      deltas += 1;
      text += delta;
    }
    return { deltas, text };
  };
}
