import { OpenAI } from "openai-7";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: "bench", maxRetries: 0 });
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const stream = await client.chat.completions.create({
      model: WIRE_MODELS.chat,
      messages: [{ role: "user", content: prompt }],
      stream: true,
    });
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta.content;
      if (delta) {
        deltas += 1;
        text += delta;
      }
    }
    return { deltas, text };
  };
}
