import { getModel, stream } from "@mariozechner/pi-ai";
import { type Ask, accessToken, type ClientOptions, MODEL_ID } from "../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const model = { ...getModel("openai-codex", MODEL_ID), baseUrl: origin };
  const apiKey = accessToken();
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const context = { messages: [{ role: "user" as const, content: prompt, timestamp: Date.now() }] };
    // Its default tries a WebSocket first, and falls back to this.
    for await (const event of stream(model, context, { apiKey, transport: "sse" })) {
      if (event.type === "text_delta") {
        deltas += 1;
        text += event.delta;
      } else if (event.type === "error") {
        throw new Error(event.error.errorMessage);
      }
    }
    return { deltas, text };
  };
}
