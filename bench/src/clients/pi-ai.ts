import { type Api, getModel, type Model, stream } from "@mariozechner/pi-ai";
import { type Ask, accessToken, type ClientOptions, MODEL_ID } from "../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  // Its default tries a WebSocket first, and falls back to this.
  return askPi({ ...getModel("openai-codex", MODEL_ID), baseUrl: origin }, accessToken(), {
    transport: "sse",
  });
}

/** Asks pi-ai, and reads the text delta by delta. */
export function askPi<A extends Api>(
  model: Model<A>,
  apiKey: string,
  options: { readonly transport?: "sse" } = {},
): Ask {
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const context = { messages: [{ role: "user" as const, content: prompt, timestamp: Date.now() }] };
    for await (const event of stream(model, context, { apiKey, ...options })) {
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
