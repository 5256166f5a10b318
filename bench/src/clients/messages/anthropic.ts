import Anthropic from "@anthropic-ai/sdk";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const client = new Anthropic({ baseURL: origin, apiKey: "bench", maxRetries: 0 });
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const stream = await client.messages.create({
      model: WIRE_MODELS.messages,
      max_tokens: 32_000,
      messages: [{ role: "user", content: prompt }],
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        deltas += 1;
        text += event.delta.text;
      }
    }
    return { deltas, text };
  };
}
